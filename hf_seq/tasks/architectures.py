# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a model's name to a model.

Names of ours (`lstm`, `bilstm-crf`, `transformer` ...; each task lists its own) start from random weights, with a
processor made from the data; `distilbert`, a Hub id or a folder start from pretrained weights, with their own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.errors import InputError
from hf_seq.files.reading import object_or_nothing

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Architecture:
    """A family, the configuration fields that the name stands for, and the training flags that suit it."""

    family: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelChoice:
    """The models of a task, by the names that `--model` takes.

    Attributes:
        auto_class_suffix: what follows the family in the name of a model class, such as `ForTokenClassification`.
        architectures: models trained from scratch.
        default_models: those that `hf-seq compare` runs when none are named.
        baselines: models without gradients.
        pretrained: names of ours for pretrained models; Hub ids and folders go without saying.
        fine_tuning: recipe fields and training flags that suit a pretrained model.
        plain: the model where none is named and a flag is given that the usual one does not have.
        plain_flags: those flags.
    """

    auto_class_suffix: str
    architectures: Mapping[str, Architecture]
    default_models: tuple[str, ...]
    baselines: tuple[str, ...] = ()
    pretrained: tuple[str, ...] = ()
    fine_tuning: Mapping[str, Any] = field(default_factory=dict)
    plain: str | None = None
    plain_flags: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Every name of ours that `--model` takes."""
        return [*self.architectures, *self.baselines, *self.pretrained]

    def is_from_scratch(self, model: str) -> bool:
        """Say whether the name stands for random weights and a processor made from the data."""
        return model in self.architectures

    def training_defaults(self, model: str) -> Mapping[str, Any]:
        """List recipe fields and training flags that suit a model, weaker than what a recipe says.

        A saved model of ours is small, and is trained further as it was trained: at the rate that suits a large
        pretrained one it would hardly move.
        """
        if model in self.baselines:
            return {}
        if model in self.architectures:
            return self.architectures[model].training
        kind = self.kind_of(Path(model))
        if kind is None:
            return self.fine_tuning
        return {name: value for name, value in kind.training.items() if name != "length_by_texts"}  # it has its length

    def kind_of(self, folder: Path) -> Architecture | None:
        """Find the architecture that a folder holds a saved model of; None where it holds no model of ours."""
        saved = object_or_nothing(folder / "config.json")
        kin = [each for each in self.architectures.values() if each.family == saved.get("model_type")]
        return max(
            kin,
            key=lambda each: sum(1 if saved.get(name) == value else -1 for name, value in each.configuration.items()),
            default=None,
        )


RECURRENT_TRAINING = {"learning_rate": 2e-3, "num_train_epochs": 5}
FEWEST_UPDATES, FEWEST_FINE_TUNING = {"min_updates": 1000}, {"min_updates": 300, "rate_by_labels": True}
"""How long text classifiers are trained at least, from scratch and pretrained; the latter's updates are dearer."""
TRANSFORMER_TRAINING = {"learning_rate": 1e-3, "num_train_epochs": 8, "warmup_steps": 0.1, "weight_decay": 0.01}
FINE_TUNING = {
    "learning_rate": 5e-5,
    "num_train_epochs": 3,
    "warmup_steps": 0.06,
    "weight_decay": 0.01,
    "max_length": 128,
}


AUTO_CLASSES = {
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM",
    "ForForecasting": "AutoModelForTimeSeriesPrediction",
}
"""Heads whose Auto class is not called `AutoModel` + head."""


def model_class(architecture: Architecture, head: str) -> Any:
    """Find the class of a family with a head, such as `recurrent` and `ForTokenClassification`."""
    import transformers

    auto = getattr(transformers, AUTO_CLASSES.get(head, f"AutoModel{head}"))
    return auto._model_mapping[transformers.CONFIG_MAPPING[architecture.family]]


def build_model(
    name: str, architecture: Architecture, head: str, *, overrides: Mapping[str, Any], **fields: Any
) -> "PreTrainedModel":
    """Make a model with random weights.

    Args:
        name: as the user wrote it.
        architecture: what the name stands for.
        head: as in `ModelChoice.auto_class_suffix`.
        overrides: configuration fields that the recipe sets.
        **fields: configuration fields that data and processor decide.

    Raises:
        InputError: a field that the architecture does not have, or a value it refuses.
    """
    from huggingface_hub.errors import StrictDataclassError

    for key in unknown_fields(architecture, head, overrides):
        raise InputError(f"{key}={overrides[key]} does not apply to model {name}; leave it out.")
    chosen = model_class(architecture, head)
    try:
        return chosen(chosen.config_class(**{**architecture.configuration, **overrides, **fields}))
    except (StrictDataclassError, ValueError, TypeError) as error:
        raise InputError(f"Model {name} cannot be built: {_reason(error)}") from error


def unknown_fields(architecture: Architecture, head: str, overrides: Mapping[str, Any]) -> list[str]:
    """List configuration fields among `overrides` that a model trained from scratch does not have."""
    known = model_class(architecture, head).config_class().to_dict()
    return [key for key in overrides if key not in known]


CHANGEABLE = frozenset(
    {"embedding_dropout", "hidden_dropout", "attention_dropout", "classifier_dropout", "output_dropout"}
    | {"token_dropout", "word_dropout", "weight_dropout", "variational_dropout", "scheduled_sampling"}
    | {"activation_regularization", "temporal_activation_regularization"}
    | {"freeze_embeddings", "pooling", "use_crf", "tag_scheme", "class_weights"}
)
"""Configuration fields of ours that may be set anew on weights that were trained: they are read in training or by the
head alone. All others say what the weights mean."""


def load_pretrained(
    name: str, head: str, *, baseline_path: str | None, overrides: Mapping[str, Any], **fields: Any
) -> tuple["PreTrainedModel", str]:
    """Load pretrained weights under a head; what recipe and data say overrides what the saved model brought.

    Args:
        name: Hub id, folder, or `distilbert`.
        head: as in `ModelChoice.auto_class_suffix`.
        baseline_path: folder of the weights of `distilbert`.
        overrides: configuration fields that the recipe sets.
        **fields: configuration fields that the data decide; None, too, takes the place of what the model brought.

    Returns:
        The model, and the label people should see: what it really is where one model stands in for another.

    Raises:
        InputError: the recipe sets a field that the model does not have, or one that its weights were trained with.
        PretrainedUnavailable: the weights cannot be had, and why.
    """
    import transformers

    path, label = locate_pretrained(name, baseline_path)
    saved = load_or_explain(name, transformers.AutoConfig.from_pretrained, path)
    for key, value in {
        **overrides,
        **({"class_weights": weights} if (weights := fields.get("class_weights")) else {}),
    }.items():
        check_override(name, saved, key, value)
    settings = {key: value for key, value in {**fields, **overrides}.items() if hasattr(saved, key)}
    load = getattr(transformers, AUTO_CLASSES.get(head, f"AutoModel{head}")).from_pretrained
    model = load_or_explain(name, load, path, ignore_mismatched_sizes=True, **settings)
    keep_labels(model, saved.id2label, fields.get("id2label", saved.id2label))
    return model, label


def keep_labels(model: "PreTrainedModel", before: Mapping[int, str], now: Mapping[int, str]) -> None:
    """Give every label of the data the weights that a saved model has for the label of that name.

    Args:
        model: loaded, with as many labels as before.
        before: its names, by id.
        now: the names of the data, by id.
    """
    import torch

    old, new = ([names[index] for index in sorted(names)] for names in (before, now))
    if old == new or len(old) != len(new) or not set(old) & set(new):
        return
    others = iter([index for index, name in enumerate(old) if name not in new])
    places = torch.tensor([old.index(name) if name in old else next(others) for name in new])
    last = last_layer(model, len(new))
    tables = [] if last is None else list(last.parameters())
    crf: Any = getattr(model, "crf", None)
    with torch.no_grad():
        for table in (*tables, *([] if crf is None else crf.parameters())):
            table.copy_(table[places])
        if crf is not None:
            crf.pair.copy_(crf.pair[:, places])


def last_layer(model: "PreTrainedModel", labels: int | None) -> "nn.Linear | None":
    """Find the layer of a model that scores its labels, ours or other people's; None where there is none."""
    from torch import nn

    scoring = [each for each in model.modules() if isinstance(each, nn.Linear) and each.out_features == labels]
    return scoring[-1] if scoring else None


def check_override(name: str, saved: Any, key: str, value: Any) -> None:
    """Refuse a configuration field that a pretrained model does not have, or that its weights were trained with.

    Raises:
        InputError: it is one.
    """
    if not hasattr(saved, key):
        raise InputError(
            f"{key} does not apply to the pretrained {name}: a {saved.model_type} model has no such setting; leave it "
            "out."
        )
    if key not in CHANGEABLE and getattr(saved, key) != value:
        raise InputError(
            f"{key}={value} does not go with the pretrained {name}, whose weights were trained with "
            f"{key}={getattr(saved, key)}; leave it out, or train from scratch."
        )


def locate_pretrained(name: str, baseline_path: str | None) -> tuple[str, str]:
    """Find the folder or Hub id of the pretrained weights, and the label to show for them."""
    from hf_seq.files.pretrained import find_pretrained

    found = find_pretrained(name, baseline_path)
    return str(found.path), found.label


def load_or_explain(name: str, load: Callable[..., Any], path: str, **arguments: Any) -> Any:
    """Call `load(path, **arguments)`, a `from_pretrained`, and say what went wrong in a sentence.

    Raises:
        InputError: the Hub is out of reach, there is no such model, or its files are broken.
    """
    try:
        return load(path, **arguments)
    except InputError:
        raise
    except Exception as error:  # transformers and tokenizers raise whatever a file of another shape leads to
        reason = " ".join(str(error).split())
        if other := _other_inputs(Path(path), reason):
            raise InputError(f"Model {name} {other}") from error
        raise InputError(
            f"Model {name} cannot be loaded from {path}: {reason} "
            "Check the name; without the Hub, give a folder that save_pretrained wrote."
        ) from error


def _other_inputs(folder: Path, reason: str) -> str | None:
    """Say what the model in a folder reads or is, where it could not be loaded since the task needs another."""
    reads_numbers = (folder / "preprocessor_config.json").is_file()
    reads_texts = (folder / "tokenizer_config.json").is_file()
    if "feature extractor" in reason and reads_texts and not reads_numbers:
        return "reads texts (it has a tokenizer, and no feature extractor); this task needs a model that reads numbers."
    if "tokenizer" in reason and reads_numbers and not reads_texts:
        return "reads numbers (it has a feature extractor, and no tokenizer); this task needs a model that reads texts."
    if found := re.match(
        r"Unrecognized configuration class .*?(\w+)'> for this kind of AutoModel: AutoModelFor(\w+)", reason
    ):
        return f"is of a kind ({found[1]}) that cannot be loaded for {found[2]}; name another, or train from scratch."
    return None


def balanced_weights(labels: Sequence[int], num_labels: int) -> list[float]:
    """Weigh labels so that each counts the same, with mean 1 over the rows: N / (L * count), as scikit-learn does."""
    counts = [0] * num_labels
    for label in labels:
        counts[label] += 1
    return [len(labels) / (num_labels * count) if count else 1.0 for count in counts]


def label_fields(label_names: Sequence[str]) -> dict[str, Any]:
    """Return names of the labels as configurations hold them."""
    names = list(label_names) or ["value"]
    return {
        "id2label": dict(enumerate(names)),
        "label2id": {label: index for index, label in enumerate(names)},
    }


def _reason(error: BaseException) -> str:
    """Take our own sentence out of the wrapping of `@strict`."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())
