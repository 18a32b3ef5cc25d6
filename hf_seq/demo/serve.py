# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The page on this machine: a checked model, and beside it the baseline that was fitted on the same data."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError

BASELINES = ("tfidf", "majority")
Baseline = tuple[str, Callable[[str], str]]


def make_page(model: str, *, examples: Sequence[str] = (), baseline: str | None = None) -> Any:
    """Build the page of a model.

    Args:
        model: folder, or Hub id of a model whose classes hf_seq or transformers has.
        examples: texts to choose from.
        baseline: folder of a saved baseline; by default one beside the model that was scored on the same rows.

    Raises:
        InputError: Gradio is not installed, or there is no whole model that answers on text.
    """
    if importlib.util.find_spec("gradio") is None:
        raise InputError("The demo needs Gradio; install it with `pip install hf_seq[demo]`.")
    from hf_seq.demo import page
    from hf_seq.demo.series_demo import SeriesDemo
    from hf_seq.demo.text_demo import TextClassifierDemo
    from hf_seq.predictors.loading import load_any

    load_any(model)  # refuses weights that do not belong to their config.json
    try:
        demo = page.load_demo(model, trust=False)
    except ValueError as error:
        raise InputError(str(error)) from error
    series = isinstance(demo, SeriesDemo)
    if series and baseline:
        raise InputError(f"The page shows no baseline beside a model of series; leave --baseline {baseline} out.")
    offered = list(examples) or (built_in_series(Path(model)) if series else [])
    other = find_baseline(Path(model), baseline) if isinstance(demo, TextClassifierDemo) else None
    return page.build(demo, Path(model).name, offered or None, other)


def built_in_series(model: Path) -> list[str]:
    """Make series to choose from where the record says that the model was trained on `builtin:waves`; else none."""
    from hf_seq.data.builtin.waves import SIZES, make_waves
    from hf_seq.reports.record import Record

    if not (model / "record.json").is_file() or Record.read(model).data != "builtin:waves":
        return []
    _, seed = SIZES["test"]
    return [json.dumps(row["series"].round(3).astype(float).round(3).tolist()) for row in make_waves(3, seed)]


def find_baseline(model: Path, baseline: str | None) -> Baseline | None:
    """Find the baseline to show beside a classifier: its name and the way from a text to its prediction."""
    from hf_seq.predictors.text import Predictor

    folder = Path(baseline) if baseline else _beside(model)
    if folder is None:
        return None
    predictor = Predictor.from_pretrained(folder)

    def answer(text: str) -> str:
        prediction = predictor(text)
        return f"{prediction['label']} ({prediction['score']:.2f})" if "label" in prediction else str(prediction)

    return f"Baseline: {folder.name}", answer


def _beside(model: Path) -> Path | None:
    from hf_seq.hub.other_runs import runs_beside

    if not (model / "record.json").is_file():
        return None
    found = {record.model: folder for folder, record in runs_beside(model) if (folder / "baseline.json").is_file()}
    return next((found[name] for name in BASELINES if name in found), None)


def serve(page: Any, port: int | None = None, *, block: bool = True) -> str:
    """Serve a page on 127.0.0.1, and nowhere else.

    Args:
        page: what `make_page` gives.
        port: the first free one from 7860 on if None.
        block: stay until interrupted.

    Returns:
        Its address.
    """
    from hf_seq.demo.page import launch

    _, address, _ = launch(
        page, server_name="127.0.0.1", server_port=port, share=False, quiet=True, prevent_thread_lock=True
    )
    print(f"The page is at {address}; stop it with Ctrl+C.", flush=True)
    if block:
        page.block_thread()
    return str(address)
