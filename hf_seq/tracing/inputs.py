# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From what a user has - texts, arrays, ready tensors - to what a model reads, step by step.

N texts or series · B rows · T steps, padding included · F numbers a step
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates
from hf_seq.models.feature_extraction_events import several
from hf_seq.predictors.encoders import token_limit
from hf_seq.text.two_texts import as_pair, each_text, reads_pairs_only
from hf_seq.tracing.record import Step

_SHOWN = 300


@dataclass
class TraceInput:
    """What goes into the model, and what is known about it.

    Attributes:
        tensors: inputs of the model by name.
        mask: (B, T) bool, True on real steps.
        steps: for every row its T steps.
        raw: the rows in short.
        texts: the whole texts, where there are any.
        full_lengths: steps of each row before it was cut.
        notes: what was done to the input.
    """

    tensors: dict[str, Tensor]
    mask: Tensor
    steps: list[list[Step]]
    raw: list[str]
    texts: list[str] = field(default_factory=list)
    full_lengths: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def prepare(model: Any, processor: Any, inputs: Any, *, truncation: bool = True) -> TraceInput:
    """Make inputs of the model.

    Args:
        model: whose configuration says what it reads.
        processor: its tokenizer or feature extractor; None for ready tensors, and for arrays that go in as they are.
        inputs: a text, several texts or pairs of texts, an array (T, F), several of them, or the model's own inputs.
        truncation: cut at what the model can read.

    Raises:
        InputError: nothing is there to trace, or it is not what this model reads.
    """
    features = getattr(model.config, "num_features", None)
    if hasattr(processor, "to_frames") and not (isinstance(inputs, Mapping) and "input_values" in inputs):
        return _from_clips(inputs if isinstance(inputs, list) else [inputs], processor)
    if hasattr(processor, "to_steps") and not (isinstance(inputs, Mapping) and "input_values" in inputs):
        return _from_events(several(inputs), processor)
    if isinstance(inputs, Mapping):
        return _ready(dict(inputs), processor)
    if isinstance(inputs, str) or (isinstance(inputs, list | tuple) and inputs and _is_text(inputs[0])):
        given = [inputs] if isinstance(inputs, str) else inputs
        texts = [as_pair(each) or without_surrogates(str(each)) for each in given]
        if features is not None:
            raise InputError(
                f"this model reads {features} numbers a step, not text; give an array (steps, {features}) or a file "
                "(.npy, .csv) of one."
            )
        return _from_texts(model, processor, texts, truncation)
    if features is None:
        raise InputError(f"this model reads text; got {type(inputs).__name__}. Give a text, or several.")
    channels = getattr(processor, "feature_size", features)  # a model may read indicators of missing values, too
    return _from_series(_as_series(inputs, channels), processor, truncation)


def _is_text(given: Any) -> bool:
    return isinstance(given, str) or as_pair(given) is not None


def _check_texts(tokenizer: Any, texts: list[Any]) -> None:
    """Refuse texts that are empty, or that the tokenizer cannot read.

    Raises:
        InputError: that is so.
    """
    if not any(text.strip() for text in each_text(texts)):
        raise InputError("the text is empty, so there is nothing to trace; give a word at least.")
    if tokenizer is None:
        raise InputError("a text needs the model's tokenizer; give it as `processor`.")
    if reads_pairs_only(tokenizer) and not all(isinstance(each, tuple) for each in texts):
        raise InputError("this model reads two texts at a time; give the second with --pair.")
    if len(texts) > 1 and tokenizer.pad_token_id is None:
        raise InputError("this tokenizer has no padding token, so texts cannot share a batch; trace one at a time.")


def _from_texts(model: Any, tokenizer: Any, texts: list[Any], truncation: bool) -> TraceInput:
    _check_texts(tokenizer, texts)
    limit = token_limit(model, tokenizer)
    pairs = [each[1] for each in texts] if isinstance(texts[0], tuple) else None
    texts = [each[0] if pairs else each for each in texts]
    whole = tokenizer(texts, pairs, truncation=False, padding=False, verbose=False)["input_ids"]
    settings: dict[str, Any] = {"truncation": True, "max_length": limit} if truncation and limit else {}
    fast = bool(getattr(tokenizer, "is_fast", False)) and pairs is None
    encoded = tokenizer(texts, pairs, padding=len(texts) > 1, return_offsets_mapping=fast, verbose=False, **settings)
    offsets = encoded.pop("offset_mapping", None)
    encoded.pop("token_type_ids" if "token_type_ids" not in tokenizer.model_input_names else "", None)
    notes = []
    if not max(map(len, encoded["input_ids"])):
        encoded, offsets = {"input_ids": [[tokenizer.pad_token_id or 0]], "attention_mask": [[0]]}, None
        notes.append("The tokenizer found no token in the text; a predictor, too, answers as for a row of padding.")
    texts = [f"{first} | {second}" for first, second in zip(texts, pairs, strict=True)] if pairs else texts
    tensors = {name: torch.tensor(value) for name, value in encoded.items()}
    mask = _mask_of(tensors)
    steps = [
        _token_steps(row, mask[index].tolist(), tokenizer, offsets[index] if offsets else None, texts[index])
        for index, row in enumerate(tensors["input_ids"].tolist())
    ]
    return TraceInput(tensors, mask, steps, [_short(text) for text in texts], texts, [len(ids) for ids in whole], notes)


def _token_steps(
    ids: Sequence[int], mask: Sequence[bool], tokenizer: Any, offsets: Sequence[Any] | None, text: str
) -> list[Step]:
    tokens = tokenizer.convert_ids_to_tokens(list(ids)) if tokenizer is not None else [str(each) for each in ids]
    unknown = getattr(tokenizer, "unk_token_id", None)
    special = set(getattr(tokenizer, "all_special_ids", ()))
    steps = []
    for position, (token, token_id, is_real) in enumerate(zip(tokens, ids, mask, strict=True)):
        source = text[offsets[position][0] : offsets[position][1]] if offsets is not None else None
        kind: Any = "unknown" if token_id == unknown else "special" if token_id in special else "known"
        steps.append(Step(str(token), int(token_id), kind if is_real else "padding", source or None))
    return steps


def _as_series(inputs: Any, channels: int) -> list[np.ndarray]:
    """Make several (T, C) arrays out of one, of several, or of a block (N, T, C)."""
    try:
        if isinstance(inputs, list | tuple) and inputs and np.ndim(inputs[0]) == 2:
            series = [np.asarray(each, dtype=np.float64) for each in inputs]
        else:
            block = np.asarray(inputs, dtype=np.float64)
            block = block[:, None] if block.ndim == 1 and channels == 1 else block
            series = list(block) if block.ndim == 3 else [block]
    except (TypeError, ValueError) as error:
        raise InputError(f"these are not numbers of shape (steps, {channels}): {error}.") from error
    wrong = next((each for each in series if each.ndim != 2 or each.shape[1] != channels), None)
    if wrong is not None or not series:
        shape = () if wrong is None else tuple(wrong.shape)
        raise InputError(f"the series has shape {shape}, but the model reads (steps, {channels}).")
    if not any(len(each) for each in series):
        raise InputError("the series has no step, so there is nothing to trace.")
    return series


def _from_series(series: list[np.ndarray], extractor: Any, truncation: bool) -> TraceInput:
    """Let the feature extractor standardise and pad, or pad on the right."""
    raw = [f"{len(each)} steps of {each.shape[1]} numbers" for each in series]
    tensors = _padded(series) if extractor is None else _extracted(series, extractor, truncation)
    owners = tensors.pop("series_index", torch.arange(len(series))).tolist()  # of windows: the series they are cut from
    mask = _mask_of(tensors)
    windows = len(owners) > len(series)
    missing = [np.isnan(series[owner]).any(axis=1) & (not windows) for owner in owners]
    from_the_end = getattr(extractor, "truncation_side", "right") == "left"
    steps = [_series_steps(real, flags, from_the_end) for real, flags in zip(mask.tolist(), missing, strict=True)]
    raw = [f"window {row + 1}, of {raw[owner]}" if windows else raw[owner] for row, owner in enumerate(owners)]
    lengths = [] if windows else [len(each) for each in series]
    return TraceInput(tensors, mask, steps, raw, [], lengths or [len(row) for row in steps])


def _from_clips(clips: list[Any], extractor: Any) -> TraceInput:
    """Make frames of clips of sound, which then are steps."""
    try:
        samples = [extractor.read(clip, row) for row, clip in enumerate(clips)]
        made = extractor(samples, return_tensors="pt", padding=True)
    except ValueError as error:
        raise InputError(str(error)) from error
    tensors = {key: torch.as_tensor(value) for key, value in made.items()}
    mask = _mask_of(tensors)
    steps = [_series_steps(real, np.zeros(sum(real), dtype=bool), False) for real in mask.tolist()]
    raw = [f"{len(each) / extractor.sampling_rate:.2f} s of sound" for each in samples]
    return TraceInput(tensors, mask, steps, raw, [], [len(extractor.to_frames(each)) for each in samples])


def _from_events(sequences: list[Any], extractor: Any) -> TraceInput:
    """Make steps of events, each called by its name; those that training did not know are marked."""
    try:
        made = extractor(sequences, return_tensors="pt", padding=True)
        names = [extractor.parts_of(each, row)[0] for row, each in enumerate(sequences)]
    except (ValueError, TypeError) as error:
        raise InputError(str(error)) from error
    tensors = {key: torch.as_tensor(value) for key, value in made.items()}
    mask, known = _mask_of(tensors), set(extractor.vocabulary)
    steps = []
    for events, real in zip(names, mask.tolist(), strict=True):
        read = iter(events[-sum(real) :])
        row = [next(read) if is_real else None for is_real in real]
        steps.append(
            [
                Step(name or "", None, "padding" if name is None else "known" if name in known else "unknown")
                for name in row
            ]
        )
    raw = [_short(f"{len(events)} events: {', '.join(events)}") for events in names]
    return TraceInput(tensors, mask, steps, raw, [], [len(events) for events in names])


def _extracted(series: list[np.ndarray], extractor: Any, truncation: bool) -> dict[str, Tensor]:
    try:
        made = extractor(series, return_tensors="pt", padding=True, **({} if truncation else {"truncation": False}))
    except ValueError as error:
        raise InputError(str(error)) from error
    return {key: torch.as_tensor(value) for key, value in made.items()}


def _padded(series: list[np.ndarray]) -> dict[str, Tensor]:
    """Pad on the right: (B, T, F) numbers and (B, T) mask."""
    longest = max(map(len, series))
    values = np.stack([np.pad(each, ((0, longest - len(each)), (0, 0))) for each in series]).astype(np.float32)
    mask = np.array([[step < len(each) for step in range(longest)] for each in series], dtype=np.int64)
    return {"input_values": torch.from_numpy(values), "attention_mask": torch.from_numpy(mask)}


def _series_steps(mask: Sequence[bool], missing: np.ndarray, from_the_end: bool) -> list[Step]:
    """Return steps by their place in the series as it was given; those with a missing number are marked."""
    first = len(missing) - sum(mask) if from_the_end else 0
    steps, position = [], first
    for is_real in mask:
        if not is_real:
            steps.append(Step("", None, "padding"))
            continue
        steps.append(Step(f"t{position}", None, "unknown" if missing[position : position + 1].any() else "known"))
        position += 1
    return steps


def _ready(tensors: dict[str, Any], tokenizer: Any) -> TraceInput:
    """Return inputs by name, as the model takes them."""
    made = {name: torch.as_tensor(value) for name, value in tensors.items() if value is not None}
    main = next((made[name] for name in ("input_ids", "input_values", "inputs_embeds") if name in made), None)
    if main is None or main.dim() < 2 or not main.numel():
        raise InputError(
            f"got the inputs {sorted(made)}; there must be input_ids (B, T), input_values (B, T, F) or inputs_embeds."
        )
    mask = _mask_of(made)
    if "input_ids" in made:
        known = tokenizer if hasattr(tokenizer, "convert_ids_to_tokens") else None
        pairs = zip(made["input_ids"].tolist(), mask.tolist(), strict=True)
        steps = [_token_steps(ids, real, known, None, "") for ids, real in pairs]
    else:
        odd = ~torch.isfinite(main).all(-1)
        steps = [
            [
                Step(f"t{t}", None, "padding" if not real else "unknown" if odd[row, t] else "known")
                for t, real in enumerate(row_mask)
            ]
            for row, row_mask in enumerate(mask.tolist())
        ]
    raw = [" ".join(step.text for step in row if step.kind != "padding") for row in steps]
    return TraceInput(made, mask, steps, [_short(each) for each in raw], [], [len(row) for row in steps])


def _mask_of(tensors: Mapping[str, Tensor]) -> Tensor:
    """Return the mask as (B, T) bool; all real where there is none."""
    main = next(tensors[name] for name in ("input_ids", "input_values", "inputs_embeds") if name in tensors)
    given = tensors.get("attention_mask")
    if given is None:
        return torch.ones(main.shape[:2], dtype=torch.bool)
    if given.shape != main.shape[:2]:
        raise InputError(f"attention_mask has shape {tuple(given.shape)}, the inputs {tuple(main.shape[:2])}.")
    return given.bool()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"
