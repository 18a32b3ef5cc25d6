# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every configuration of ours refuses to read: that of another kind of model, and that of a newer format.

transformers warns of the first in a log and builds a model with random weights; of the second it knows nothing, and
drops fields that it does not know, which may be the ones that matter.
"""

from typing import Any, ClassVar

FORMAT = 1
"""Raised when a model saved from now on would be misread by the hf_seq of before."""


class CheckedFormat:
    """To be mixed in before `PreTrainedConfig`; the configuration declares `format_version: int = FORMAT`."""

    model_type: ClassVar[str]

    @classmethod
    def from_dict(cls, config_dict: dict[str, Any], **kwargs: Any) -> Any:
        """As in transformers.

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
        return super().from_dict(config_dict, **kwargs)  # type: ignore[misc]


__all__ = ["FORMAT", "CheckedFormat"]
