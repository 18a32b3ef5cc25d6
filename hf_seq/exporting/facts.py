# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a runtime must know of a model beside its graphs: labels, thresholds, rules, tokens, scales."""

from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.models.chains import FORBIDDEN
from hf_seq.models.tag_schemes import scheme_of
from hf_seq.models.target_tokenizer import TARGET_FILE
from hf_seq.predictors.encoders import token_limit
from hf_seq.predictors.forecasting import FACTS as OF_DATA
from hf_seq.predictors.text import ANSWER_THRESHOLD, THRESHOLDS, checked_thresholds
from hf_seq.predictors.word_reading import has_words, special_ids
from hf_seq.predictors.writer import DEFAULT_NEW_TOKENS
from hf_seq.text.two_texts import reads_pairs_only
from hf_seq.text.word_patterns import WordHabits, word_pattern

EXTRACTOR = (
    *("feature_size", "mean", "std", "do_normalize", "missing", "missing_indicator", "max_length"),
    "persistence",
    *("truncation_side", "window_length", "window_stride"),
)
OF_EVENTS = ("vocabulary", "value_names", "timed")
SEARCH = ("num_beams", "length_penalty", "early_stopping", "suppress_tokens")
LEFT_OUT = ("no_repeat_ngram_size", "repetition_penalty", "min_length", "min_new_tokens", "bad_words_ids", "do_sample")
"""Settings of `generate()` that the runtime does not follow."""


def facts_of(model: Any, processor: Any, task: str) -> dict[str, Any]:
    """List the facts of a model.

    Args:
        model: of torch.
        processor: its tokenizer, of the source where there are two, or feature extractor.
        task: what `hf-seq train --task` calls it.

    Raises:
        InputError: a tokenizer written in Python or one of two texts, or settings of `generate()` that the runtime
            does not follow.
    """
    config = model.config
    facts: dict[str, Any] = {"kind": task}
    if task in ("classification", "series", "tagging", "series-tagging", "audio", "events", "next-event"):
        facts["labels"] = [config.id2label[index] for index in range(config.num_labels)]
    if task in ("classification", "series", "audio", "events", "next-event"):
        facts["problem_type"] = config.problem_type or "single_label_classification"
        facts["thresholds"] = checked_thresholds(getattr(config, THRESHOLDS, None), config.num_labels)
        facts["answer_threshold"] = getattr(config, ANSWER_THRESHOLD, None)
    if task in ("tagging", "series-tagging"):
        facts["crf"] = _chain(model)
        facts["marks_spans"] = scheme_of(facts["labels"]) != "none"
    if task == "forecasting":
        return facts | _forecasting(config, processor)
    if task.startswith("series") or task in ("audio", "events", "next-event"):
        settings = processor.to_dict()
        facts |= {"series": {name: settings[name] for name in EXTRACTOR}, "limit": settings["max_length"]}
        facts |= {"audio": _sound(processor)} if task == "audio" else {}
        return facts | ({"events": {name: settings[name] for name in OF_EVENTS}} if "event" in task else {})
    if not is_read(processor, task):
        raise InputError(
            "the model reads two texts at a time, and what answers without torch reads one; serve the model itself "
            "(`hf-seq serve FOLDER`), or train it on texts that are joined: --text_column FIRST SECOND."
        )
    facts |= _reading(model, processor)
    if task == "tagging":
        learnt = processor.init_kwargs
        pattern = learnt.get("word_pattern") or word_pattern(WordHabits())
        pattern = None if has_words(processor.backend_tokenizer) else pattern
        unknown = processor.unk_token or processor.eos_token or "?"
        facts |= {"word_pattern": pattern, "unknown": unknown, "sentences": learnt.get("sentences")}
    elif task == "masked-language-modeling":
        facts["mask"] = processor.mask_token_id
    elif task == "language-modeling":
        facts |= _continuing(model, processor)
    elif task == "seq2seq":
        facts |= _writing(model)
    return facts


def is_read(processor: Any, task: str) -> bool:
    """Tell whether the runtime reads what a model does: one text at a time, not two."""
    return not (task == "classification" and reads_pairs_only(processor))


def _sound(extractor: Any) -> dict[str, Any]:
    """Say how frames are made of samples."""
    return {
        "sampling_rate": int(extractor.sampling_rate),
        "frame": extractor.samples_of(extractor.frame_ms),
        "hop": extractor.samples_of(extractor.hop_ms),
        "fft": extractor._bank["fft_length"],
        "filters": extractor.filters,
        "low": extractor.min_frequency,
        "high": extractor.top,
        **{name: getattr(extractor, name) for name in ("frames", "center_frames", "allow_silence")},
    }


def _forecasting(config: Any, extractor: Any) -> dict[str, Any]:
    """Return what is known of the data, how they are scaled, and what the graph gives."""
    mean, std = extractor._scale
    return {
        **{name: getattr(extractor, name) for name in (*OF_DATA, "known_mean", "known_std")},
        "channels": list(extractor.channel_names or range(extractor.feature_size)),
        "mean": mean.tolist(),
        "std": std.tolist(),
        "distribution": config.distribution,
        "quantiles": list(config.quantiles),
        "parameters": config.num_parameters,
    }


def _reading(model: Any, tokenizer: Any) -> dict[str, Any]:
    if not hasattr(tokenizer, "backend_tokenizer"):
        raise InputError(
            f"the model's {type(tokenizer).__name__} is written in Python, so nothing without transformers can read "
            "text for it; use a fast tokenizer (tokenizer.json)."
        )
    before, after = special_ids(tokenizer)
    return {
        "before": before,
        "after": after,
        "limit": token_limit(model, tokenizer),
        "truncation_side": tokenizer.truncation_side,
        "split_special_tokens": tokenizer.split_special_tokens,
    }


def _chain(model: Any) -> dict[str, Any] | None:
    """Return the transition scores of a CRF with its rules; None without one."""
    crf = getattr(model, "crf", None)
    if crf is None:
        return None
    parts = {}
    for name in ("start", "end", "pair"):
        scores = getattr(crf, name).detach().double().numpy().copy()
        scores[getattr(crf, f"{name}_forbidden").numpy()] = FORBIDDEN
        parts[name] = scores.tolist()
    return parts


def _continuing(model: Any, tokenizer: Any) -> dict[str, Any]:
    separate = getattr(model.config, "bos_token_id", None) is not None
    line = tokenizer("\n", add_special_tokens=False)["input_ids"]
    if not line or tokenizer.unk_token_id in line:
        line = None if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
    state = {
        f"past.{depth}.{place}": model.config.hidden_size
        for depth, layer in enumerate(model.model.layers)
        for place in range(layer.state_tensors)
    }
    found = {"separate": separate, "bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id}
    return found | {"begin": line, "state": state, **_searching(model)}


def _writing(model: Any) -> dict[str, Any]:
    two = getattr(model.config, "source_vocab_size", None) is not None
    start = model.generation_config.decoder_start_token_id
    found = {"start": model.config.decoder_start_token_id if start is None else start}
    return found | {"target_tokenizer": TARGET_FILE if two else "tokenizer.json", **_searching(model)}


def _searching(model: Any) -> dict[str, Any]:
    """Return how the model searches, and which tokens end a text."""
    config = model.generation_config
    odd = next((name for name in LEFT_OUT if getattr(config, name, None) not in (None, 0, 1.0, False)), None)
    if odd is not None:
        raise InputError(
            f"generation_config.json says {odd}={getattr(config, odd)}, which the runtime does not follow; take it out."
        )
    how = {name: getattr(config, name, None) for name in SEARCH}
    how["num_beams"] = how["num_beams"] or 1
    how["max_new_tokens"] = config.max_new_tokens or DEFAULT_NEW_TOKENS
    ends = config.eos_token_id
    return {
        "generation": how,
        "ends": ends if isinstance(ends, list) else [] if ends is None else [int(np.int64(ends))],
    }
