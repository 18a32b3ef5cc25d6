# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Examples of public names whose docstrings have none: the reference shows each cell under the name it is called by."""

# %% load_splits
from hf_seq import load_splits

splits = load_splits("builtin:reviews")
print(len(splits.train), splits.label_names)

# %% Splits
print(splits.notes[0], splits.fingerprint[:8])
print(splits.train[0]["text"][:40])

# %% load_text_splits
from hf_seq import load_text_splits

print(load_text_splits("builtin:grammar").train["text"][0][:40])

# %% train_tokenizer
from hf_seq import train_tokenizer

tokenizer = train_tokenizer(splits.train["text"][:200], kind="word", vocab_size=500)
print(tokenizer.tokenize("not bad at all"))

# %% InputError
from hf_seq import InputError

try:
    train_tokenizer([], kind="word", vocab_size=500)
except InputError as error:
    print(error)

# %% CheckReport
import hf_seq

report = hf_seq.check("builtin:reviews", max_train_rows=200)
print(report.errors, report.facts[0])

# %% RecurrentModel
import torch

from hf_seq import RecurrentConfig, RecurrentModel

ids = torch.tensor([[5, 6, 7, 8]])  # (B, T)
print(RecurrentModel(RecurrentConfig(vocab_size=500, hidden_size=16))(input_ids=ids).last_hidden_state.shape)

# %% RecurrentForSequenceClassification
from hf_seq import RecurrentForSequenceClassification

model = RecurrentForSequenceClassification(RecurrentConfig(vocab_size=500, hidden_size=16, num_labels=3)).eval()
print(model(input_ids=ids, labels=torch.tensor([2])).loss)

# %% Predictor
from hf_seq import Predictor

config = RecurrentConfig(vocab_size=len(tokenizer), hidden_size=16, num_labels=3, pad_token_id=tokenizer.pad_token_id)
predictor = Predictor(RecurrentForSequenceClassification(config), tokenizer)
print(predictor("not bad at all"), list(predictor.predict(["one text", "another"])))

# %% RecurrentForTokenClassification
from hf_seq import RecurrentForTokenClassification

tagger = RecurrentForTokenClassification(
    RecurrentConfig(vocab_size=500, hidden_size=16, num_labels=5, use_crf=True)
).eval()
print(tagger(input_ids=ids).logits.shape)

# %% RecurrentForCausalLM
from hf_seq import RecurrentForCausalLM

writer = RecurrentForCausalLM(RecurrentConfig(vocab_size=500, hidden_size=16, bidirectional=False)).eval()
print(writer.generate(ids, max_new_tokens=3, do_sample=False).shape)

# %% TransformerEncoderModel
from hf_seq import TransformerEncoderConfig, TransformerEncoderModel

small = TransformerEncoderConfig(
    vocab_size=500, hidden_size=16, num_attention_heads=2, num_hidden_layers=1, num_labels=3
)
print(TransformerEncoderModel(small)(input_ids=ids).last_hidden_state.shape)

# %% TransformerEncoderForSequenceClassification
from hf_seq import TransformerEncoderForSequenceClassification

print(TransformerEncoderForSequenceClassification(small)(input_ids=ids).logits.shape)

# %% TransformerEncoderForTokenClassification
from hf_seq import TransformerEncoderForTokenClassification

print(TransformerEncoderForTokenClassification(small)(input_ids=ids).logits.shape)

# %% TransformerEncoderForMaskedLM
from hf_seq import TransformerEncoderForMaskedLM

print(TransformerEncoderForMaskedLM(small)(input_ids=ids).logits.shape)

# %% RecurrentSeq2SeqModel
from hf_seq import RecurrentSeq2SeqConfig, RecurrentSeq2SeqModel

pair = RecurrentSeq2SeqConfig(vocab_size=500, hidden_size=16)
print(RecurrentSeq2SeqModel(pair)(input_ids=ids, decoder_input_ids=ids[:, :2]).last_hidden_state.shape)

# %% RecurrentSeq2SeqForConditionalGeneration
from hf_seq import RecurrentSeq2SeqForConditionalGeneration

print(RecurrentSeq2SeqForConditionalGeneration(pair).generate(ids, max_new_tokens=3).shape[0])

# %% TransformerSeq2SeqModel
from hf_seq import TransformerSeq2SeqConfig, TransformerSeq2SeqModel

two = TransformerSeq2SeqConfig(vocab_size=500, hidden_size=16, num_attention_heads=2)
print(TransformerSeq2SeqModel(two)(input_ids=ids, decoder_input_ids=ids[:, :2]).last_hidden_state.shape)

# %% TransformerSeq2SeqForConditionalGeneration
from hf_seq import TransformerSeq2SeqForConditionalGeneration

print(TransformerSeq2SeqForConditionalGeneration(two).generate(ids, max_new_tokens=3).shape[0])

# %% Record
trained = hf_seq.train("builtin:reviews", "tfidf", max_train_rows=200)
record = trained.record
print(record.metric, record.score, record.interval, record.n)

# %% Comparison
quick = {"max_train_rows": 200, "calls": 2, "robustness_rows": 0}
comparison = hf_seq.compare("builtin:reviews", ["majority", "tfidf"], **quick)
print(comparison.verdict)

# %% TaggingPredictor
tagged = hf_seq.train("builtin:orders", "most-frequent", task="tagging", max_train_rows=100)
print(tagged.predictor("two large flat whites"))  # a TaggingPredictor

# %% LanguageModel
tiny = {"hidden_size": 16, "max_steps": 5}
language = hf_seq.train("builtin:grammar", task="language-modeling", **tiny).predictor  # a LanguageModel
print(language.generate("the", max_new_tokens=5, seed=0))

# %% MaskedLanguageModel
masked = hf_seq.train(splits.train["text"][:200], task="masked-language-modeling", **tiny).predictor
print(type(masked).__name__)

# %% SeriesPredictor
waves = hf_seq.train("builtin:waves", "statistics", task="series").predictor  # a SeriesPredictor
print(type(waves).__name__)

# %% Translator
written = hf_seq.train("builtin:dates", "nearest", task="seq2seq").predictor  # a Translator
print(written("the 3rd of May 2021"))

# %% teach
from hf_seq import teach

print(teach.check("words", str.split))

# %% SeriesTagger
import numpy as np

steps = np.sin(np.arange(40) / 3)[:, None] * np.linspace(0.5, 2, 30)[:, None, None]  # (N, T, F)
signs = np.where(steps[..., 0] > 0, "up", "down").tolist()
tagger_of_steps = hf_seq.train(
    {"series": list(steps), "tags": signs}, "lstm", task="series-tagging", max_steps=5
).predictor
print(tagger_of_steps(steps[0])["tags"][:4])

# %% AudioFeatureExtractor
from hf_seq import AudioFeatureExtractor

tone = np.sin(2 * np.pi * 440 * np.arange(8_000) / 8_000)  # a second
to_frames = AudioFeatureExtractor(feature_size=24, sampling_rate=8_000, do_normalize=False)
print(to_frames(tone, sampling_rate=8_000, return_tensors="pt")["input_values"].shape)  # (B, T, C)

# %% AudioPredictor
tones = hf_seq.train("builtin:tones", "statistics", task="audio").predictor  # an AudioPredictor
print(tones({"array": tone, "sampling_rate": 8_000}))

# %% EventFeatureExtractor
from hf_seq import EventFeatureExtractor

to_steps = EventFeatureExtractor(vocabulary=["open", "buy"], timed="numbers", do_normalize=False)
print(to_steps({"events": ["open", "buy"], "times": [0, 35.5]}, return_tensors="pt")["input_values"])  # (B, T, F)

# %% EventPredictor
visits = hf_seq.train("builtin:visits", "counts", task="events").predictor  # an EventPredictor
print(visits({"events": ["home", "cart"], "times": ["2026-01-05T10:00", "2026-01-05T16:00"], "amount": [None, 9.9]}))

# %% NextEventPredictor
follows = hf_seq.train("builtin:visits", "bigrams", task="next-event").predictor  # a NextEventPredictor
print(follows({"events": ["home", "cart"], "times": ["2026-01-05T10:00", "2026-01-05T16:00"], "amount": [None, 9.9]}))

# %% ForecastPredictor
forecaster = hf_seq.train("builtin:seasons", "drift", task="forecasting").predictor  # a ForecastPredictor
print(type(forecaster).__name__)

# %% ConvolutionalModel
from hf_seq import ConvolutionalConfig, ConvolutionalModel

numbers = torch.randn(2, 30, 3)  # (B, T, F)
narrow = ConvolutionalConfig(num_features=3, hidden_size=16, num_labels=3)
print(ConvolutionalModel(narrow).eval()(input_values=numbers).last_hidden_state.shape)

# %% ConvolutionalForSequenceClassification
from hf_seq import ConvolutionalForSequenceClassification

print(ConvolutionalForSequenceClassification(narrow).eval()(input_values=numbers).logits.shape)  # (B, L)

# %% ConvolutionalForTokenClassification
from hf_seq import ConvolutionalForTokenClassification

print(ConvolutionalForTokenClassification(narrow).eval()(input_values=numbers).logits.shape)  # (B, T, L)

# %% RecurrentForForecasting
from hf_seq import RecurrentForecastingConfig, RecurrentForForecasting

past = torch.randn(2, 48, 1)  # (B, T, C)
ahead = RecurrentForForecasting(RecurrentForecastingConfig(horizon=12, hidden_size=16)).eval()
print(ahead(input_values=past).predictions.shape)  # (B, horizon, C)

# %% TransformerEncoderForForecasting
from hf_seq import TransformerEncoderForForecasting, TransformerForecastingConfig

small_ahead = TransformerForecastingConfig(horizon=12, hidden_size=16, num_attention_heads=2)
print(TransformerEncoderForForecasting(small_ahead).eval()(input_values=past).predictions.shape)

# %% RecurrentWideForSequenceClassification
from hf_seq import RecurrentWideConfig, RecurrentWideForSequenceClassification

beside = RecurrentWideConfig(vocab_size=500, hidden_size=16, num_labels=3, num_ngrams=1000)
print(RecurrentWideForSequenceClassification(beside).eval()(input_ids=ids).logits.shape)

# %% RecurrentWideModel
from hf_seq import RecurrentWideModel

print(RecurrentWideModel(beside).eval()(input_ids=ids).last_hidden_state.shape)
