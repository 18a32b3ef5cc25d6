# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pipelines of ours that go along with a model, for tasks that transformers has no pipeline for.

`hf_seq/models/pipeline_*.py` each name theirs in `PIPELINES`: task to class, and the Auto class of the models it runs.
"""

import importlib
from pathlib import Path
from typing import Any

import hf_seq.models

MODELS = Path(hf_seq.models.__path__[0])


def pipelines_for(auto: str, numeric: bool) -> dict[str, dict[str, Any]]:
    """Return what `custom_pipelines` of a configuration says of the pipelines that run a model.

    Args:
        auto: name of the model's Auto class.
        numeric: whether it reads series of numbers.
    """
    found = {}
    for path in sorted(MODELS.glob("pipeline_*.py")):
        module = importlib.import_module(f"hf_seq.models.{path.stem}")
        for task, (pipeline, runs) in module.PIPELINES.items():
            if runs == auto and bool(getattr(pipeline, "_load_feature_extractor", False)) == numeric:
                kind = "multimodal" if numeric else "text"
                found[task] = {"impl": f"{path.stem}.{pipeline.__name__}", "pt": [auto], "type": kind}
    return found
