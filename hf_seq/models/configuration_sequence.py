# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every sequence model of this family configures: its inputs, its pooling, its labels."""

import sys
from typing import Any, Literal

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

from .configuration_format import FORMAT, CheckedFormat


@strict
class SequenceConfig(CheckedFormat, PreTrainedConfig):
    """Fields that all encoders share.

    Args:
        vocab_size: rows of the token embedding.
        hidden_size: width H of the states a layer gives for each step, of `num_hidden_layers` of them.
        num_features: F, for numeric sequences; the model then takes `input_values` (B, T, F) in place of `input_ids`.
        num_events: the first of these numbers is the id of an event, below this, and is embedded.
        pooling: how the states of all steps become one vector: state of the `first` or `last` real step, `mean` or
            `max` over the real steps, or `attention` (additive, Bahdanau et al. 2015, arXiv:1409.0473).
        token_dropout: share of steps that are blanked in training, whole words at a time (Iyyer et al. 2015,
            doi:10.3115/v1/P15-1162), so that no single word decides.
        word_dropout: share of the vocabulary that is blanked in training, every place of a word in a batch alike (Gal &
            Ghahramani 2016, arXiv:1512.05287), so that no word is relied on.
        embedding_dropout: dropout on what enters the first layer.
        hidden_dropout: dropout between layers.
        classifier_dropout: dropout on the pooled vector.
        freeze_embeddings: keep the token embedding as it is given; it then takes no gradient.
        class_weights: weight of each label in the loss, one number a label; the loss is the sum of the weighted losses
            divided by the number of labelled rows, so gradient accumulation stays exact.
        use_crf: tagging: score the labels of a sequence together, by a conditional random field (Lafferty et al. 2001).
        tag_scheme: tagging with a CRF: what the names of the labels say about which may follow which: `bio`, `iob1`,
            `bioes`, `none` for nothing; `auto` tells it from the names.
        initializer_range: standard deviation of the token embedding at the start; None is 1 / sqrt(its width),
            in a recurrent language model 1, or 3 / sqrt(its width) where the head is tied to it.
        front: `conv`: convolutions between embedding and encoder, `front_layers` of them, each over `front_kernel_size`
            steps, `front_causal` or centred, with a `front_norm` over real steps only (`batch`), of each step (`layer`)
            or none. Each gives one of `front_stride` steps, so that long sequences get short; taggers need all steps.
        format_version: of what is saved; an hf_seq that knows only older ones refuses to read it.

    Raises:
        StrictDataclassError: a value of the wrong type or out of its range, with what to write instead.
    """

    vocab_size: int = 16_000
    hidden_size: int = 256
    num_hidden_layers: int = 1
    num_features: int | None = None
    num_events: int | None = None
    pooling: Literal["first", "last", "mean", "max", "attention"] = "mean"
    token_dropout: float | int = 0.0
    word_dropout: float | int = 0.0
    embedding_dropout: float | int = 0.1
    hidden_dropout: float | int = 0.1
    classifier_dropout: float | int = 0.1
    freeze_embeddings: bool = False
    class_weights: list[float | int] | None = None
    use_crf: bool = False
    tag_scheme: Literal["auto", "none", "bio", "iob1", "bioes"] = "auto"
    initializer_range: float | int | None = None
    front: Literal["none", "conv"] = "none"
    front_layers: int = 2
    front_kernel_size: int = 7
    front_stride: int = 1
    front_causal: bool = False
    front_norm: Literal["batch", "layer", "none"] = "batch"
    pad_token_id: int | None = 0
    bos_token_id: int | None = None
    eos_token_id: int | list[int] | None = None
    tie_word_embeddings: bool = False
    use_cache: bool = False
    format_version: int = FORMAT

    def __post_init__(self, **kwargs: Any) -> None:
        """Take extra fields as transformers does, without the pipelines that are registered here already.

        transformers asks leave to run the code of a pipeline that a configuration names, even where the same pipeline
        is installed; what it need not run it should not ask for.
        """
        module, given = sys.modules.get("transformers.pipelines"), kwargs.get("custom_pipelines")
        if module is not None and given:
            ours = str(module.PIPELINE_REGISTRY.supported_tasks)
            kwargs["custom_pipelines"] = {k: v for k, v in given.items() if str(v.get("impl")) not in ours}
        super().__post_init__(**kwargs)

    def validate_sizes(self) -> None:
        """Every size is at least one, and padding is a row of the embedding."""
        sizes = ("vocab_size", "hidden_size", "num_hidden_layers", "num_features", "num_events")
        for name in (*sizes, "front_layers", "front_kernel_size", "front_stride"):
            value = getattr(self, name, None)  # encoder-decoders have no front
            if value is not None and value < 1:
                raise ValueError(f"{name}={value} must be 1 or more.")
        if self.pad_token_id is not None and not 0 <= self.pad_token_id < self.vocab_size:
            raise ValueError(
                f"pad_token_id={self.pad_token_id} is not a row of an embedding with vocab_size={self.vocab_size}; "
                f"use an id from 0 to {self.vocab_size - 1}, or None."
            )

    def validate_dropouts(self) -> None:
        """Check that a dropout is a probability below one."""
        for name, value in vars(self).items():
            if not name.endswith("dropout") or isinstance(value, bool) or not isinstance(value, float | int):
                continue  # variational_dropout is a yes or no
            if not 0 <= value < 1:
                raise ValueError(f"{name}={value} is not a dropout probability; use one from 0 up to 1, without 1.")

    def validate_class_weights(self) -> None:
        """One positive weight for each label."""
        if (weights := self.class_weights) is None:
            return
        if self.use_crf:
            raise ValueError(
                "class_weights weigh single labels, but use_crf=True scores whole sequences; leave one of them out."
            )
        if self.problem_type == "regression":
            raise ValueError("class_weights do not apply to problem_type='regression'; leave them out.")
        if len(weights) != self.num_labels:
            raise ValueError(f"class_weights has {len(weights)} entries for {self.num_labels} labels; give one each.")
        if any(weight <= 0 for weight in weights):
            raise ValueError(f"class_weights={weights} must all be above 0.")


__all__ = ["SequenceConfig"]
