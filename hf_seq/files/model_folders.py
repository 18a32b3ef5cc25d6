# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Looks at the folder of a model before a library does: whoever wrote it may not be a friend.

Only plain facts are read here, and nothing is built, so that a configuration which asks for 10^12 words or for code
from elsewhere is refused before it costs memory or runs anything. What fits its class is said by who loads the model.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.fields import fits
from hf_seq.files.reading import read_object

DEPLOY = "deploy"
"""Folder in that of a search's answer with the export that is deployed, where it is one."""
OBJECTS = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "preprocessor_config.json",
    "processor_config.json",
    "model.safetensors.index.json",
)
"""Files that hold an object where they are there."""
TYPES: dict[str, Any] = {
    "architectures": list[str] | None,
    "auto_map": dict[str, str | list[str | None]] | None,
    "custom_pipelines": dict[str, dict[str, Any]] | None,
    "id2label": dict[str, str] | None,
    "label2id": dict[str, int] | None,
    "model_type": str | None,
    "output_attentions": bool | None,
    "output_hidden_states": bool | None,
    "problem_type": str | None,
    "quantization_config": dict[str, Any] | None,
}
"""Fields of a configuration that are read before its class checks them."""
WRITING_TYPES: dict[str, Any] = {
    **dict.fromkeys(("do_sample", "output_attentions", "output_hidden_states", "use_cache"), bool | None),
    **dict.fromkeys(("max_length", "max_new_tokens", "min_length", "min_new_tokens", "num_beams", "top_k"), int | None),
    **dict.fromkeys(("no_repeat_ngram_size", "num_return_sequences"), int | None),
    **dict.fromkeys(("length_penalty", "repetition_penalty", "temperature", "top_p", "typical_p"), float | None),
    "early_stopping": bool | str | None,
    "suppress_tokens": list[int] | None,
}
"""Fields of a generation_config.json, which has no class that checks them."""
MOST_LAYERS = 1_000
"""Layers of a model; the deepest known have some hundred, and each costs time before any weight is read."""
_TOKENS: Any = int | list[int] | None
WEIGHTS = (".safetensors", ".bin")
"""Suffixes of files of weights; of a folder without any, whoever loads it says that they are missing."""
LEAST = 10_000
"""A width that is never refused, however small the weights."""
_SIZES = ("_size", "_dim", "d_model", "d_ff", "features", "heads", "hidden", "channels", "num_labels")
"""Parts of names of numbers that are the size of a weight."""
ATTENTION = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal", "experts_implementation")
"""Fields that may name a kernel on the Hub, which is code."""


def check_facts(folder: Path) -> None:
    """Refuse files that are no objects, sizes that the weights cannot have, and code that a configuration asks for.

    Raises:
        InputError: one of these; it names the file.
    """
    for name in OBJECTS:
        if (folder / name).is_file():
            facts = read_object(folder / name, "get the model again, or save it again")
            if name in ("config.json", "generation_config.json"):
                _check_tokens(folder / name, facts)
                _check_types(folder / name, facts, TYPES if name == "config.json" else WRITING_TYPES)
            if name == "config.json":
                _check_sizes(folder, facts)
                _check_code(folder, facts)


def _check_tokens(path: Path, facts: Mapping[str, Any]) -> None:
    odd = next((name for name in facts if name.endswith("_token_id") and not fits(facts[name], _TOKENS)), None)
    if odd is not None:
        raise InputError(f"{path} says {odd}={facts[odd]!r:.60}, which is not a token id; get the model again.")


def _check_types(path: Path, facts: Mapping[str, Any], hints: Mapping[str, Any]) -> None:
    odd = next((name for name, hint in hints.items() if not fits(facts.get(name), hint)), None)
    if odd is not None:
        raise InputError(
            f"{path} says {odd}={facts[odd]!r:.60}, which is nothing that a model has there; get the model again."
        )


def _check_sizes(folder: Path, config: Mapping[str, Any]) -> None:
    """Compare the numbers of a configuration with the size of the weights: no width is larger than their bytes."""
    files = [path for path in folder.iterdir() if path.suffix in WEIGHTS]
    weights = sum(path.stat().st_size for path in files)
    without = "vocab_size" if config.get("num_features") is not None else None  # series have no words
    for name, value in _numbers(config):
        if "layers" in name or name in ("depth", "n_layer"):
            most = MOST_LAYERS
        elif files and name != without and any(part in name for part in _SIZES):
            most = max(weights, LEAST)
        else:
            continue
        if value > most:
            raise InputError(
                f"{folder}/config.json says {name}={value:,}, but the weights beside it have {weights:,} bytes; the "
                "two do not belong together. Get the model again."
            )


def _check_code(folder: Path, config: Mapping[str, Any]) -> None:
    for name in ATTENTION:
        if "/" in str(config.get(name) or ""):
            raise InputError(
                f"{folder}/config.json asks for code from the Hub ({name}: {config[name]!r:.60}), which hf_seq does "
                "not run; delete that line."
            )


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Yield every whole number of a configuration with its name; those of lists and of tables by label have none."""
    if isinstance(value, Mapping) and name not in ("label2id", "id2label", "task_specific_params"):
        for key, inner in value.items():
            yield from _numbers(inner, str(key))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name, value
