# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What goes to the Hub: the files one needs, copied from a run's folder and cleaned on the way.

A list of what may go, not of what may not: checkpoints, optimizer state, predictions and whatever else lies about stay.
"""

import fnmatch
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hf_seq.errors import InputError
from hf_seq.files.model_folders import DEPLOY
from hf_seq.files.pretrained import check_model_folder
from hf_seq.files.writing import write_json, write_text
from hf_seq.hub.card import MADE_BY, CardOptions, make_card
from hf_seq.hub.code import needed_code, with_origin, without_code
from hf_seq.hub.exports import CERTIFICATE, stage_export
from hf_seq.hub.model_kinds import OURS, kind_of
from hf_seq.hub.pipelines import pipelines_for
from hf_seq.hub.results import write_eval_results
from hf_seq.hub.scrub import find_leaks, read_if_there, scrub, without_local_names
from hf_seq.reports.record import RECORD_NAME, Record

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "model-*-of-*.safetensors")
TOKENIZER = (
    *("tokenizer.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja"),
    *("vocab.json", "vocab.txt", "merges.txt", "*.model", "target_tokenizer.json"),
)
CONFIGS = (
    *("config.json", "generation_config.json", "tokenizer_config.json"),
    *("preprocessor_config.json", "processor_config.json"),
)
PICTURES = ("curves.png",)
RECIPE = "recipe.yaml"
CARD = "README.md"


def stage(
    folder: str | Path,
    target: Path,
    repo_id: str,
    *,
    remote_code: bool = True,
    options: CardOptions | None = None,
) -> Path:
    """Lay out in `target` what a model's repository holds.

    Args:
        folder: what `hf-seq train` or `save_pretrained` wrote.
        target: an empty folder.
        repo_id: `user/name`, for the card.
        remote_code: ship the model's code; without it, readers need hf_seq.
        options: what the card can say beyond the record.

    Raises:
        InputError: `folder` holds no model or only pickles, lacks code it names, or would give something away.
    """
    source = check_model_folder(Path(folder))
    _refuse_baselines(source)
    copy_matching(source, target, (*WEIGHTS, *TOKENIZER, *PICTURES))
    _write_configs(source, target, remote_code)
    if remote_code:
        for path in needed_code(source, target):
            write_text(target / path.name, with_origin(path.read_text(encoding="utf-8")))
    record = _write_record(source, target)
    options = options or CardOptions()
    if options.onnx is None and (source / DEPLOY / CERTIFICATE).is_file():
        options = replace(options, onnx=source / DEPLOY)  # what `hf-seq fit` chose is this graph
    if options.onnx is not None:
        stage_export(options.onnx, source, target)
        options = replace(options, tags=[*options.tags, "onnx"])
    card = source / CARD
    if card.is_file() and not _is_ours(card):
        write_text(target / CARD, card.read_text(encoding="utf-8"))  # its author's own words
    else:
        write_text(target / CARD, make_card(target, repo_id, record, source, options))
    if record is not None:
        write_eval_results(target, record, repo_id, options.dataset)
    leaks = find_leaks(target)
    if leaks:
        raise InputError(f"Nothing was sent: {'; '.join(leaks)}. Take it out of {source} and push again.")
    return target


def listing(folder: Path) -> list[tuple[str, int]]:
    """List every file of a staged repository with its size, by name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(str(path.relative_to(folder)), path.stat().st_size) for path in files]


def _refuse_baselines(source: Path) -> None:
    if (source / "baseline.json").is_file():
        raise InputError(f"{source} holds a baseline, which no Auto class loads; push a model instead.")


def copy_matching(source: Path, target: Path, patterns: tuple[str, ...]) -> None:
    """Copy the files of one folder that match, not those below it."""
    for name in _matching(source, patterns):
        shutil.copyfile(source / name, target / name)


def _matching(source: Path, patterns: tuple[str, ...]) -> list[str]:
    names = sorted(path.name for path in source.iterdir() if path.is_file())
    return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def _write_configs(source: Path, target: Path, remote_code: bool) -> None:
    for name in _matching(source, CONFIGS):
        config: dict[str, Any] = without_local_names(read_if_there(source / name))
        if name == "config.json" and config.get("auto_map"):
            config |= _own_pipelines(config)
        write_json(target / name, config if remote_code else without_code(config))


def _own_pipelines(config: dict[str, Any]) -> dict[str, Any]:
    """Return `custom_pipelines` of a configuration, where we have one for the model and it names none itself."""
    kind = kind_of(config)
    if kind is None or config.get("model_type") not in OURS or config.get("custom_pipelines"):
        return {}
    found = pipelines_for(kind.auto_class, config.get("num_features") is not None)
    return {"custom_pipelines": found} if found else {}


def _write_record(source: Path, target: Path) -> Record | None:
    """Write the record and the recipe, cleaned; return None where the folder holds no finished run."""
    if not (source / RECORD_NAME).is_file():
        return None
    Record.read(source)  # says what is wrong with it
    write_json(target / RECORD_NAME, scrub(read_if_there(source / RECORD_NAME)))
    record = Record.read(target)
    if record.recipe:
        text = yaml.safe_dump(record.recipe, sort_keys=False, allow_unicode=True, width=1000)
        write_text(target / RECIPE, f"# {record.command}\n\n{text}")
    return record


def _is_ours(card: Path) -> bool:
    text = card.read_text(encoding="utf-8", errors="replace")
    return MADE_BY in text or "generated automatically according to the information the Trainer had" in text
