# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every configuration of ours refuses: another kind of model, a newer format, a misspelt field.

transformers warns of the first in a log and builds a model with random weights; of the second it knows nothing, and
drops fields that it does not know, which may be the ones that matter; the third it keeps, and no model reads it.
"""

from difflib import get_close_matches
from typing import Any, ClassVar

from transformers import GenerationConfig
from transformers.utils import logging

logger = logging.get_logger(__name__)

FORMAT = 1
"""Raised when a model saved from now on would be misread by the hf_seq of before."""

KNOWN = {"attn_implementation", "auto_map", "custom_pipelines", "experts_implementation", "name_or_path", "num_labels"}
KNOWN |= {"output_attentions", "per_layer_config", "tags", "task_specific_params", "tokenizer_class", "torch_dtype"}
"""Extra fields that transformers itself gives a meaning."""


class CheckedFormat:
    """To be mixed in before `PreTrainedConfig`; the configuration declares `format_version: int = FORMAT`."""

    model_type: ClassVar[str]
    transformers_version: str | None

    def __post_init__(self, **kwargs: Any) -> None:
        """Take extra fields as transformers does, but for those that a caller has misspelt.

        Configurations that were saved, by whichever version, are read with all fields that they have.

        Raises:
            ValueError: a field that does not exist, with the one that it looks like.
        """
        if self.transformers_version is None:  # not read from a file
            for name in kwargs:
                self._check_field(name)
        super().__post_init__(**kwargs)  # type: ignore[misc]

    def _check_field(self, name: str) -> None:
        fields = type(self).__dataclass_fields__  # type: ignore[attr-defined]
        if name in KNOWN or name.startswith("_") or hasattr(type(self), name) or hasattr(GenerationConfig(), name):
            return
        if similar := get_close_matches(name.lower(), fields, n=1, cutoff=0.8):
            raise ValueError(f"{type(self).__name__} has no field {name!r}; did you mean {similar[0]!r}?")
        logger.warning(f"{type(self).__name__} has no field {name!r}: it is kept and saved, but no model reads it.")

    @classmethod
    def from_dict(cls, config_dict: dict[str, Any], **kwargs: Any) -> Any:
        """As in transformers; class weights of a model that is read under more or fewer labels are left out.

        Raises:
            ValueError: a configuration of another model type, or of a format that this code does not know.
        """
        saved = config_dict.get("model_type", cls.model_type)
        if saved != cls.model_type:
            raise ValueError(
                f"this is the configuration of a model of type {saved!r}, not {cls.model_type!r}; load it with the "
                f"Auto classes, which choose by the type, or with the classes of {saved!r}."
            )
        version = config_dict.get("format_version", FORMAT)
        if version > FORMAT:
            raise ValueError(
                f"this model was saved by a newer hf_seq (format_version={version}, this one reads up to {FORMAT}): "
                "upgrade with `pip install --upgrade hf_seq`, or load it with trust_remote_code=True in a process that "
                "does not import hf_seq."
            )
        labels = kwargs.get("num_labels") or len(kwargs.get("id2label") or ())
        if labels and labels != len(config_dict.get("class_weights") or range(labels)):
            config_dict = config_dict | {"class_weights": None}
        return super().from_dict(config_dict, **kwargs)  # type: ignore[misc]


__all__ = ["FORMAT", "CheckedFormat"]
