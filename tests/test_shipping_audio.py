# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A model of sound, its feature extractor and its pipeline work where only transformers is installed."""

import json

import numpy as np
import pytest
import soundfile
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification, pipeline

import hf_seq
from hf_seq.data.builtin.tones import RATE, make_tones
from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor

from .test_shipping import SOURCES, WITHOUT_HF_SEQ, run

LOAD = """
import numpy as np
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification, pipeline

folder = Path(sys.argv[1])
samples = np.array(json.loads((folder / "samples.json").read_text()), dtype=np.float32)
extractor = AutoFeatureExtractor.from_pretrained(folder, **trust)
model = AutoModelForAudioClassification.from_pretrained(folder, **trust).eval()
with torch.no_grad():
    logits = model(**extractor([samples, samples[:2000]], return_tensors="pt")).logits
classify = pipeline("audio-classification", model=str(folder), **trust)
given = [str(folder / "clip.wav"), samples, {"array": samples, "sampling_rate": extractor.sampling_rate}]
given.append({"raw": np.repeat(samples, 2), "sampling_rate": 2 * extractor.sampling_rate})
given.append((folder / "clip.wav").read_bytes())
answers = [{each["label"]: each["score"] for each in classify(one, top_k=None)} for one in given]
modules = [type(each).__module__.split(".")[0] for each in (model, extractor, classify)]
print("REPORT" + json.dumps({"logits": logits.tolist(), "answers": answers, "modules": modules}))
"""

SMALL = {"num_features": 20, "vocab_size": 1, "pad_token_id": None, "hidden_size": 8, "num_labels": 3}


def test_a_model_of_sound_answers_alike_without_hf_seq(tmp_path):
    clips = [row["audio"]["array"] for row in make_tones(6, 0)]
    extractor = AudioFeatureExtractor(feature_size=20, sampling_rate=RATE)
    extractor.fit([extractor.to_frames(each) for each in clips])
    config = hf_seq.ConvolutionalConfig(**SMALL, recurrent_size=4, embedding_size=6)
    model, folder = hf_seq.ConvolutionalForSequenceClassification(config), tmp_path / "model"
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    soundfile.write(folder / "clip.wav", clips[0], RATE, subtype="FLOAT")
    (folder / "samples.json").write_text(json.dumps(clips[0].tolist()))
    predictor = hf_seq.load(folder)
    assert type(predictor).__name__ == "AudioPredictor"
    predictor.with_probabilities = True
    here = predictor(clips[0])["probabilities"]
    there = run(WITHOUT_HF_SEQ + LOAD, folder, home=tmp_path / "home")
    assert there["modules"] == ["transformers_modules"] * 3
    inputs = extractor([clips[0], clips[0][:2000]], return_tensors="pt")
    np.testing.assert_allclose(there["logits"], model.eval()(**inputs).logits.detach().numpy(), atol=1e-5)
    resampled = there["answers"].pop(3)
    for answer in there["answers"]:
        assert answer == pytest.approx(here, abs=1e-4)
    assert resampled == pytest.approx(here, abs=0.1)
    installed = pipeline("audio-classification", model=str(folder))(str(folder / "clip.wav"), top_k=None)
    assert {each["label"]: each["score"] for each in installed} == pytest.approx(here, abs=1e-4)
    for path in folder.glob("*.py"):
        assert path.read_bytes() == (SOURCES / path.name).read_bytes()
    assert {"audio.py", "feature_extraction_audio.py", "pipeline_audio.py"} <= {each.name for each in folder.iterdir()}


def test_the_pipeline_of_others_models_is_left_as_it_is():
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    front = {"conv_dim": (8,), "conv_stride": (5,), "conv_kernel": (10,), "num_feat_extract_layers": 1}
    config = Wav2Vec2Config(**sizes, **front, num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2)
    model = Wav2Vec2ForSequenceClassification(config).eval()
    classify = pipeline("audio-classification", model=model, feature_extractor=Wav2Vec2FeatureExtractor())
    assert len(classify(np.sin(np.arange(800)).astype(np.float32), top_k=2)) == 2
