# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Folders of models by somebody who means harm, drawn by a seed: a sound one, with some of its files changed."""

import json
import random

from .clips import sound
from .formats import as_json, cut, damaged, history, value
from .sound import MADE, SAVED, sound_model
from .verbs import TINY, Case, body, lines

SOUND = (*SAVED, *SAVED, *SAVED, *MADE)
CONFIG = (
    {"id2label": ["a", "b"]},
    {"id2label": {"0": "a", "7": "b"}},
    {"id2label": {"0": {"x": 1}, "1": "b"}},
    {"id2label": None},
    {"label2id": []},
    {"vocab_size": 10**12},
    {"vocab_size": "many"},
    {"vocab_size": -1},
    {"hidden_size": 10**9},
    {"hidden_size": 7.5},
    {"num_hidden_layers": 10**9},
    {"num_hidden_layers": 0},
    {"dtype": "evil"},
    {"torch_dtype": ["float32"]},
    {"return_dict": False},
    {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
    {"quantization_config": []},
    {"architectures": None},
    {"architectures": [1]},
    {"architectures": ["os.system"]},
    {"model_type": "evil"},
    {"model_type": []},
    {"auto_map": {"AutoConfig": "evil.Evil", "AutoModelForSequenceClassification": "evil.Evil"}},
    {"auto_map": 5},
    {"custom_pipelines": {"text-classification": {"impl": "evil.Evil"}}},
    {"custom_pipelines": []},
    {"problem_type": "evil"},
    {"decision_thresholds": "x"},
    {"decision_thresholds": [9]},
    {"answer_threshold": "x"},
    {"num_features": "x"},
    {"pooling": "evil"},
    {"cell_type": "os"},
    {"pad_token_id": 10**9},
    {"pad_token_id": -5},
    {"format_version": 99},
    {"format_version": "x"},
    {"attn_implementation": "evil/kernel"},
    {"_attn_implementation": "evil/kernel"},
    {"max_position_embeddings": 10**12},
    {"output_hidden_states": "yes"},
    {"use_crf": "x"},
    {"bidirectional": None},
    {"initializer_range": "x"},
    {"num_labels": 10**9},
)
EVIL = b"open('ran', 'w').close()\nimport pathlib; pathlib.Path('ran').touch()\nclass Evil: pass\n"
OTHERS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "generation_config.json",
    "special_tokens_map.json",
)
RECORD = {"task": "text-classification", "model": "m", "data": "good.csv", "split": "test", "metric": "accuracy"}


def changed(rng: random.Random, raw: bytes) -> bytes:
    """Change one value somewhere in a JSON object, or the file as such."""
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(
            (b"[" * 20_000, b'{"a":' * 5_000, b"null", b"[]", b"5", b"", b"\xff\xfe", b"<html>", as_json(value(rng)))
        )
    if kind < 0.3:
        return damaged(rng, cut(rng, raw))
    place: object = read(raw)
    facts = place
    while isinstance(place, dict) and place:
        key = rng.choice(list(place))
        if isinstance(place[key], dict) and place[key] and rng.random() < 0.7:
            place = place[key]
            continue
        place[key] = value(rng)
        break
    return as_json(facts)


def folder(rng: random.Random) -> dict[str, bytes]:
    """Draw the files of a folder `model/`."""
    sound = sound_model(rng.choice(SOUND))
    files = {str(path.relative_to(sound)): path.read_bytes() for path in sorted(sound.rglob("*")) if path.is_file()}
    for _ in range(rng.choice((1, 1, 2, 3))):
        change(rng, files)
    if rng.random() < 0.3:
        files |= {
            name: EVIL
            for name in (
                "evil.py",
                "modeling_recurrent.py",
                "configuration_recurrent.py",
                "sentence_places.py",
                "runtime.py",
            )
        }
        files["pytorch_model.bin"] = b"cos\nsystem\n(S'touch ran'\ntR."
    return {f"model/{name}": raw for name, raw in files.items()}


def change(rng: random.Random, files: dict[str, bytes]) -> None:
    """Change one file of a model."""
    kind = rng.random()
    if kind < 0.5 and "config.json" in files:
        config = read(files["config.json"])
        files["config.json"] = as_json(config | rng.choice(CONFIG) | rng.choice(({}, {}, rng.choice(CONFIG))))
    elif kind < 0.8:
        name = rng.choice([each for each in sorted(files) if each.endswith(".json")])
        files[name] = changed(rng, files[name])
    elif kind < 0.9:
        record = RECORD | {
            rng.choice(("recipe", "columns", "label_names", "score", "curve", "task", "data")): value(rng)
        }
        files["record.json"] = rng.choice((as_json(record), changed(rng, as_json(record))))
    else:
        name = rng.choice(
            [each for each in sorted(files) if each.endswith((".safetensors", ".onnx", ".yaml", ".jsonl"))]
        )
        files[name] = damaged(rng, files[name])


def read(raw: bytes) -> dict[str, object]:
    """Read an object that an earlier change may have spoiled."""
    try:
        facts = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


SHORT = [*TINY, "--max_steps", "1"]
VERBS = (
    ["predict", "model", "a good film"],
    ["predict", "model", "a good film"],
    ["predict", "model", "[[1, 2], [3, 4]]"],
    ["predict", "model", "--data", "good.csv"],
    ["predict", "model", "--input", "good.csv", "--output", "answers", "--text_column", "text", "--workers", "1"],
    ["trace", "model", "a good film"],
    ["evaluate", "model", "--data", "good.csv"],
    ["evaluate", "model"],
    ["find-threshold", "model", "--data", "good.csv"],
    ["predict", "model", "--file", "clip.wav"],
    ["serve", "model", "--port", "0"],
    ["predict", "model", "--serve_stdin"],
    ["push", "model", "ada/model", "--dry-run"],
    ["generate", "model", "--max_new_tokens", "3"],
    ["write", "model", "a good film"],
    ["forecast", "model", "--data", "past.csv"],
    ["export", "model", "--output", "export"],
    ["train", "--model", "model", "--data", "good.csv", "--output_dir", "out", *SHORT[4:]],
    ["train", "--start_from", "model", "--model", "bilstm", "--data", "good.csv", "--output_dir", "out", *SHORT[4:]],
    ["train", "--resume", "--output_dir", "model"],
    ["distill", "--teacher", "model", "--student", "gru", "--data", "good.csv", "--augmented_rows", "0", "--output",
     "out", "--teacher_cache", "cache", *SHORT],
    ["compare", "--data", "good.csv", "--models", "majority", "--scored", "model", "--output", "out", "--calls", "3"],
    ["compare", "--data", "good.csv", "--models", "model", "--output", "out", "--calls", "3", *SHORT[4:]],
    ["fit", "--data", "good.csv", "--teacher", "model", "--max_size", "1", "--minutes", "0.001", "--output", "out"],
)  # fmt: skip


def hostile(rng: random.Random) -> Case:
    """Draw a verb that reads such a folder."""
    words = rng.choice(VERBS)
    beside = {"past.csv": history, "clip.wav": sound}
    files = {name: draw(rng) for name, draw in beside.items() if name in words}
    if words[0] == "serve":
        files = {f"asked/{n}": body(rng) for n in range(3)}
    return Case(list(words), folder(rng) | files, lines(rng) if "--serve_stdin" in words else b"")
