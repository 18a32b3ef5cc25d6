# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which configurations of our models go through transformers' test suite.

Every cell type meets every pooling, every position embedding both places of the norm (the poolings go round); both
directions and numeric input are among them. A case runs the whole suite.
"""

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

POOLINGS = ("first", "last", "mean", "max", "attention")
CELLS = ("lstm", "gru", "rnn")
POSITIONS = ("sinusoidal", "learned", "rotary", "none")
FEATURES = 5
CLASSIFIER = ("Model", "ForSequenceClassification")
TAGGER = ("ForTokenClassification",)
CAUSAL, MASKED = ("ForCausalLM",), ("ForMaskedLM",)
FORECAST = "ForForecasting"
WRITER = ("Model", "ForConditionalGeneration")
LABELS = ("LABEL_0", "LABEL_1", "LABEL_2")
BIO = ("O", "B-X", "I-X")


@dataclass(frozen=True)
class Case:
    """One configuration: the family, a name for reports, the config fields that differ from the tiny base, the classes.

    `heads` are how the names of the classes end that the case is run on; the last one is trained. A `repeated` case
    brings together what other cases bring, each beside something else, and is run by `make test-all`.
    """

    family: str
    name: str
    settings: dict[str, Any] = field(hash=False)
    heads: tuple[str, ...] = CLASSIFIER
    label_names: tuple[str, ...] = LABELS
    repeated: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the model takes `input_values` and so has no tokens."""
        return "num_features" in self.settings or self.forecasts

    @property
    def forecasts(self) -> bool:
        """Whether the model forecasts, and so reads patches of a past."""
        return FORECAST in self.heads

    @property
    def letters(self) -> bool:
        """Whether the model reads the letters of its tokens."""
        return "character_encoder" in self.settings


def recurrent_cases() -> list[Case]:
    """Cell x pooling, the direction alternating so that each value of either meets both; then numeric input."""
    cases = []
    for number, (cell, pooling) in enumerate(product(CELLS, POOLINGS)):
        bidirectional = number % 2 == 0
        name = f"{'bi' if bidirectional else 'uni'}_{cell}_{pooling}"
        case = _case("recurrent", name, cell_type=cell, pooling=pooling, bidirectional=bidirectional)
        cell_number, pooling_number = divmod(number, len(POOLINGS))
        repeated = (cell_number + pooling_number) % len(CELLS) > 0  # the others have each cell, pooling and direction
        cases.append(replace(case, repeated=repeated))
    for cell, pooling in zip(CELLS, ("attention", "last", "mean"), strict=True):
        settings = {"cell_type": cell, "pooling": pooling, "bidirectional": cell != "gru", "num_features": FEATURES}
        cases.append(_case("recurrent", f"numeric_{cell}_{pooling}", **settings))
    cases.append(_case("recurrent", "events_gru", cell_type="gru", num_features=FEATURES, num_events=3))
    return cases


def wide_cases() -> list[Case]:
    """A recurrent classifier with n-grams beside it; nothing was fitted, so that half of each score is zero."""
    return [
        _case("recurrent_wide", "bilstm_mean", cell_type="lstm", pooling="mean", bidirectional=True),
        _case("recurrent_wide", "gru_max", cell_type="gru", pooling="max", bidirectional=False),
    ]


def transformer_cases() -> list[Case]:
    """Position embedding x place of the norm, the pooling going round; then numeric input."""
    cases = []
    for number, (position, norm_first) in enumerate(product(POSITIONS, (True, False))):
        pooling = POOLINGS[number % len(POOLINGS)]
        name = f"{position}_{'pre' if norm_first else 'post'}_norm_{pooling}"
        settings = {"position_embedding": position, "norm_first": norm_first, "pooling": pooling}
        cases.append(_case("transformer_encoder", name, **settings))
    for position, pooling in (("sinusoidal", "mean"), ("rotary", "attention")):
        settings = {"position_embedding": position, "pooling": pooling, "num_features": FEATURES}
        cases.append(_case("transformer_encoder", f"numeric_{position}_{pooling}", **settings))
    events = {"num_features": FEATURES, "num_events": 3}
    cases.append(_case("transformer_encoder", "events_rotary", position_embedding="rotary", **events))
    return cases


def convolutional_cases() -> list[Case]:
    """Every block, beside an LSTM and alone, of tokens and numbers; taggers; a front of each other family."""
    settings: dict[str, dict[str, Any]] = {
        "fcn_mean": {"block": "fcn"},
        "resnet_layer_norm_attention": {"block": "resnet", "norm": "layer", "pooling": "attention"},
        "inception_numeric_max": {"block": "inception", "pooling": "max", "num_features": FEATURES},
        "fcn_statistics_numeric": {"block": "fcn", "statistics": True, "deep_share": 0.5, "num_features": FEATURES},
        "fcn_lstm_audio": {"block": "fcn", "recurrent_size": 12, "num_features": FEATURES, "modality": "audio"},
        "resnet_events": {"block": "resnet", "num_features": FEATURES, "num_events": 3},
        "fcn_lstm_numeric_causal": {
            "recurrent_size": 12,
            "bidirectional": False,
            "causal": True,
            "num_features": FEATURES,
        },
    }
    front = {"front": "conv", "front_kernel_size": 3, "num_features": FEATURES}
    cases = [_case("convolutional", name, **fields) for name, fields in settings.items()]
    cases += [
        Case(
            "convolutional",
            "tagging_numeric_resnet_crf",
            {"block": "resnet", "num_features": FEATURES, "use_crf": True},
            TAGGER,
        ),
        _case("recurrent", "front_lstm_numeric_attention", pooling="attention", **front),
        _case("transformer_encoder", "front_rotary_numeric", position_embedding="rotary", front_norm="layer", **front),
    ]
    return cases


def tagging_cases() -> list[Case]:
    """Each family with and without a CRF, with the rules of a scheme too; numeric input; the letters of words."""
    crf = {"use_crf": True}
    letters = {"embedding_size": 20, "character_hidden_size": 12, "embedding_dropout": 0.0}  # together hidden_size wide
    settings = {
        "recurrent": {
            "tagging_lstm": {"cell_type": "lstm"},
            "tagging_lstm_crf_bio": {"cell_type": "lstm", **crf},
            "tagging_uni_gru_crf": {"cell_type": "gru", "bidirectional": False, **crf},
            "tagging_events_uni_gru": {
                "cell_type": "gru",
                "bidirectional": False,
                "num_features": FEATURES,
                "num_events": 3,
            },
            "tagging_numeric_lstm_crf": {"num_features": FEATURES, **crf},
            "tagging_lstm_cnn_letters_crf_bio": {"character_encoder": "cnn", **letters, **crf},
            "tagging_lstm_lstm_letters": {"character_encoder": "lstm", **letters},
        },
        "transformer_encoder": {
            "tagging_rotary": {"position_embedding": "rotary"},
            "tagging_sinusoidal_crf_bio": {"position_embedding": "sinusoidal", **crf},
            "tagging_numeric_learned_crf": {"position_embedding": "learned", "num_features": FEATURES, **crf},
        },
    }
    return [Case(family, name, fields, TAGGER) for family, cases in settings.items() for name, fields in cases.items()]


def language_model_cases() -> list[Case]:
    """Every cell, the head tied to the embedding, on its own or in clusters (the tests of models hold it, too)."""
    tied, still = {"tie_word_embeddings": True}, {"embedding_dropout": 0, "hidden_dropout": 0}
    causal = {
        "language_lstm_tied": {"cell_type": "lstm", **still, **tied},
        "language_gru": {"cell_type": "gru", "variational_dropout": True},
        "language_rnn_tied": {"cell_type": "rnn", **tied},
        "language_lstm_adaptive": {"cell_type": "lstm", "adaptive_softmax_cutoffs": [3], **still},
    }
    masked = {
        "masked_rotary_tied": {"position_embedding": "rotary", **tied},
        "masked_sinusoidal_post_norm": {"position_embedding": "sinusoidal", "norm_first": False},
    }
    cases = [
        Case(
            "recurrent", name, fields | {"bidirectional": False}, CAUSAL, repeated="adaptive_softmax_cutoffs" in fields
        )
        for name, fields in causal.items()
    ]
    return cases + [Case("transformer_encoder", name, fields, MASKED) for name, fields in masked.items()]


def writing_cases() -> list[Case]:
    """Encoder-decoders: attentions and none, fed back and not; positions and norms; embeddings shared, tied and not."""
    recurrent = {
        "writing_lstm_general": {"cell_type": "lstm", "attention": "general"},
        "writing_gru_additive_fed": {"cell_type": "gru", "attention": "additive", "input_feeding": True},
        "writing_uni_lstm_none": {"cell_type": "lstm", "attention": "none", "bidirectional": False},
    }
    transformer = {
        "writing_sinusoidal_pre_norm": {"position_embedding": "sinusoidal"},
        "writing_learned_post_norm": {"position_embedding": "learned", "norm_first": False},
        "writing_rotary_untied": {"position_embedding": "rotary", "tie_word_embeddings": False},
    }
    families = {"recurrent_seq2seq": recurrent, "transformer_seq2seq": transformer}
    return [Case(family, name, fields, WRITER) for family, cases in families.items() for name, fields in cases.items()]


def forecasting_cases() -> list[Case]:
    """Cells, norms and heads; a past of seven patches, which is as long as the other cases' sequences."""
    lengths = {"context_length": 28, "patch_length": 4, "horizon": 5, "classifier_dropout": 0.0}
    recurrent = {
        "forecasting_gru_quantile": {"cell_type": "gru"},
        "forecasting_bilstm_student_last": {
            "cell_type": "lstm",
            "bidirectional": True,
            "distribution": "student_t",
            "instance_norm": "last",
        },
    }
    transformer = {"forecasting_rotary_point": {"distribution": "point", "linear_skip": False}}
    families = {"recurrent_forecasting": recurrent, "transformer_forecasting": transformer}
    return [
        Case(family, name, lengths | fields, (FORECAST,))
        for family, cases in families.items()
        for name, fields in cases.items()
    ]


def _case(family: str, name: str, **settings: Any) -> Case:
    return Case(family, name, settings)


CASES = (
    *(*recurrent_cases(), *wide_cases(), *transformer_cases(), *tagging_cases(), *language_model_cases()),
    *(*convolutional_cases(), *writing_cases(), *forecasting_cases()),
)
