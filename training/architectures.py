# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a model's name to a model, and to the training defaults that suit it.

`rnn gru lstm bilstm bilstm-attention transformer` start from random weights, with a tokenizer trained on the data;
`distilbert`, a Hub id or a folder start from pretrained weights, with their own tokenizer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hf_seq.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BASELINES = ("majority", "tfidf")


@dataclass(frozen=True)
class Architecture:
    """A family, the configuration fields that the name stands for, and the training flags that suit it."""

    family: str
    configuration: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


RECURRENT_TRAINING = {"learning_rate": 2e-3, "num_train_epochs": 5}
TRANSFORMER_TRAINING = {"learning_rate": 1e-3, "num_train_epochs": 8, "warmup_steps": 0.1, "weight_decay": 0.01}
# Devlin et al. 2019, arXiv:1810.04805, appendix A.3; warm-up and decay as in Mosbach et al. 2021, arXiv:2006.04884
FINE_TUNING = {
    "learning_rate": 5e-5,
    "num_train_epochs": 3,
    "warmup_steps": 0.06,
    "weight_decay": 0.01,
    "max_length": 128,
}

ARCHITECTURES = {
    "rnn": Architecture("recurrent", {"cell_type": "rnn", "bidirectional": False}, RECURRENT_TRAINING),
    "gru": Architecture("recurrent", {"cell_type": "gru", "bidirectional": False}, RECURRENT_TRAINING),
    "lstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": False}, RECURRENT_TRAINING),
    "bilstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": True}, RECURRENT_TRAINING),
    "bilstm-attention": Architecture(
        "recurrent", {"cell_type": "lstm", "bidirectional": True, "pooling": "attention"}, RECURRENT_TRAINING
    ),
    "transformer": Architecture("transformer_encoder", {"position_embedding": "rotary"}, TRANSFORMER_TRAINING),
}


def training_defaults(name: str) -> dict[str, Any]:
    """Recipe fields and training flags that suit a model, weaker than what a recipe says."""
    if name in BASELINES:
        return {}
    return ARCHITECTURES[name].training if name in ARCHITECTURES else FINE_TUNING


def is_from_scratch(name: str) -> bool:
    """Whether the name stands for random weights and a tokenizer trained on the data."""
    return name in ARCHITECTURES


def build_model(
    name: str,
    *,
    tokenizer: "PreTrainedTokenizerBase",
    label_names: Sequence[str],
    problem_type: str,
    overrides: dict[str, Any],
    max_length: int,
    class_weights: Sequence[float] | None = None,
) -> "PreTrainedModel":
    """Make a classifier with random weights.

    Args:
        name: a key of `ARCHITECTURES`.
        tokenizer: gives the size of the vocabulary and the padding id.
        label_names: L names in the order of the ids; empty for regression.
        problem_type: as in the configuration of transformers.
        overrides: configuration fields that the recipe sets.
        max_length: tokens of a text that are read, the reach of learned positions.
        class_weights: L weights for the loss.

    Raises:
        InputError: a field that the architecture does not have, or a value it refuses.
    """
    from huggingface_hub.errors import StrictDataclassError

    architecture = ARCHITECTURES[name]
    config_class, model_class = _classes(name)
    values = architecture.configuration | overrides | _label_fields(label_names, problem_type)
    if architecture.family == "transformer_encoder":
        values["max_position_embeddings"] = max_length
    for key in unknown_fields(name, overrides):
        raise InputError(f"{key}={overrides[key]} does not apply to model {name}; leave it out.")
    try:
        config = config_class(
            vocab_size=len(tokenizer),
            pad_token_id=tokenizer.pad_token_id,
            class_weights=list(class_weights) if class_weights is not None else None,
            **values,
        )
    except (StrictDataclassError, ValueError, TypeError) as error:
        raise InputError(f"Model {name} cannot be built: {_reason(error)}") from error
    return model_class(config)


def unknown_fields(name: str, overrides: dict[str, Any]) -> list[str]:
    """Configuration fields among `overrides` that a model trained from scratch does not have."""
    config_class, _ = _classes(name)
    known = config_class().to_dict()
    return [key for key in overrides if key not in known]


def _classes(name: str) -> tuple[Any, Any]:
    """Configuration and classifier of a model trained from scratch."""
    import hf_seq

    return {
        "recurrent": (hf_seq.RecurrentConfig, hf_seq.RecurrentForSequenceClassification),
        "transformer_encoder": (hf_seq.TransformerEncoderConfig, hf_seq.TransformerEncoderForSequenceClassification),
    }[ARCHITECTURES[name].family]


def load_pretrained(
    name: str,
    *,
    baseline_path: str | None,
    label_names: Sequence[str],
    problem_type: str,
    overrides: dict[str, Any],
    class_weights: Sequence[float] | None = None,
) -> tuple["PreTrainedModel", str]:
    """Load pretrained weights under a new classification head.

    Returns:
        The model, and the label people should see: what it really is where one model stands in for another.

    Raises:
        InputError: the recipe sets fields of our own models.
        PretrainedUnavailable: the weights cannot be had, and why.
    """
    from transformers import AutoModelForSequenceClassification

    if overrides or class_weights is not None:
        odd = next(iter(overrides), "class_weights")
        raise InputError(f"{odd} applies to models trained from scratch, not to the pretrained {name}; leave it out.")
    path, label = locate_pretrained(name, baseline_path)
    model = hub_errors_explained(
        name,
        AutoModelForSequenceClassification.from_pretrained,
        path,
        ignore_mismatched_sizes=True,
        **_label_fields(label_names, problem_type),
    )
    return model, label


def locate_pretrained(name: str, baseline_path: str | None) -> tuple[str, str]:
    """Folder or Hub id of the pretrained weights, and the label to show for them."""
    from hf_seq.baselines import find_pretrained

    found = find_pretrained(name, baseline_path)
    return str(found.path), found.label


def hub_errors_explained(name: str, load: Callable[..., Any], path: str, **arguments: Any) -> Any:
    """Call `load(path, **arguments)`, a `from_pretrained`, and say what went wrong in a sentence.

    Raises:
        InputError: the Hub is out of reach, there is no such model, or its files are broken.
    """
    from safetensors import SafetensorError

    try:
        return load(path, **arguments)
    except (OSError, ValueError, SafetensorError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"Model {name} cannot be loaded from {path}: {reason} "
            "Check the name; without the Hub, give a folder that save_pretrained wrote."
        ) from error


def balanced_weights(labels: Sequence[int], num_labels: int) -> list[float]:
    """Weights of mean 1 over the rows, each label counting the same: N / (L * count), as scikit-learn's "balanced"."""
    counts = [0] * num_labels
    for label in labels:
        counts[label] += 1
    return [len(labels) / (num_labels * count) if count else 1.0 for count in counts]


def _label_fields(label_names: Sequence[str], problem_type: str) -> dict[str, Any]:
    names = list(label_names) or ["value"]
    return {
        "problem_type": problem_type,
        "id2label": dict(enumerate(names)),
        "label2id": {label: index for index, label in enumerate(names)},
    }


def _reason(error: BaseException) -> str:
    """The sentence written by us, out of the wrapping of `@strict`."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())
