# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One door to every saved model: `load` looks at what a folder holds and gives the predictor for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.baselines.baseline import SavedBaseline, is_baseline, load_baseline
from hf_seq.errors import InputError
from hf_seq.files.pretrained import is_export
from hf_seq.predictors.kinds import KINDS, Kind, read_architecture

if TYPE_CHECKING:  # an export is answered for without torch
    from hf_seq.predictors.base import BasePredictor, Device


def load(
    folder_or_id: str | Path,
    *,
    device: "Device" = None,
    bf16: bool = False,
    batch_size: int | None = None,
    trust_remote_code: bool = False,
    revision: str | None = None,
    backend: str | None = None,
    **settings: Any,
) -> Any:
    """Load any model that answers: what hf_seq trained or exported, what transformers saved, and baselines.

    Args:
        folder_or_id: folder that `hf-seq train`, `save_pretrained` or a baseline's `save` wrote, or Hub id.
        device: "cpu" (default), "cuda", ...
        bf16: run the model under bfloat16 autocast.
        batch_size: inputs in a batch when there are many; None is 64, or 32 for models that write.
        trust_remote_code: allow code that comes with the model to run.
        revision: branch, tag or commit of a Hub repository.
        backend: "onnx" answers by what `hf-seq export` wrote, without torch; "torch" by the model itself. None takes
            what the folder holds.
        settings: further arguments of the predictor, such as `num_beams` of a `Translator`; of an export `quantized`
            and `threads`.

    Returns:
        A `Predictor` or `TaggingPredictor` (texts), `SeriesPredictor`, `SeriesTagger` or `ForecastPredictor` (series),
        `AudioPredictor`, `EventPredictor` or `NextEventPredictor`, `LanguageModel`, `MaskedLanguageModel` or
        `Translator`. Each is called with one input, and its `predict` with many.

    Raises:
        InputError: there is no whole, safe model there, or one without a head that answers; the message says which.

    Example:
        >>> import hf_seq
        >>> predictor = hf_seq.load("runs/reviews/models/bilstm")  # doctest: +SKIP
        >>> predictor("not bad at all")  # doctest: +SKIP
        {'label': 'positive', 'score': 0.97}
    """
    if answers_by_onnx(folder_or_id, backend):
        from hf_seq.runtime.runtime import load as load_exported

        for name, value in {"device": device, "bf16": bf16 or None, "revision": revision}.items():
            if value is not None:
                raise InputError(f"{name}={value!r} is for models of torch; leave it out for an export.")
        return load_exported(folder_or_id, **settings)
    predictor = predictor_class(folder_or_id, trust_remote_code=trust_remote_code, revision=revision)
    return predictor.from_pretrained(
        folder_or_id,
        device=device,
        bf16=bf16,
        batch_size=batch_size,
        trust_remote_code=trust_remote_code,
        revision=revision,
        **settings,
    )


def answers_by_onnx(folder_or_id: str | Path, backend: str | None) -> bool:
    """Decide whether a runtime without torch answers.

    Raises:
        InputError: a backend that there is not.
    """
    if backend not in (None, "torch", "onnx"):
        raise InputError(f"backend={backend!r} is none of 'torch', 'onnx'.")
    return backend == "onnx" or (backend is None and is_export(folder_or_id))


def predictor_class(
    folder_or_id: str | Path, *, trust_remote_code: bool = False, revision: str | None = None
) -> "type[BasePredictor]":
    """Say which predictor is for a saved model, without loading its weights.

    Raises:
        InputError: as `load`.
    """
    if is_baseline(folder_or_id):
        return _kind_of_baseline(load_baseline(folder_or_id)).predictor_class()
    from hf_seq.predictors.loading import check_config, find_folder

    folder = find_folder(folder_or_id, revision)
    name, kind = read_architecture(folder)
    if kind is None:
        check_config(folder, trust_remote_code)  # it may be damaged
        what = f"a {name}, whose head hf_seq does not know" if name else "a model whose config.json names no class"
        raise InputError(
            f"{folder_or_id} holds {what}, so nothing answers; load it with transformers.AutoModel, or train it for a "
            f"task (`hf-seq train --model {folder_or_id}`)."
        )
    return kind.predictor_class()


def _kind_of_baseline(baseline: SavedBaseline) -> Kind:
    for kind in KINDS.values():
        if kind.predictor_class().accepts(baseline):
            return kind
    raise InputError(f"no predictor is for a {baseline.kind} baseline; update hf_seq.")
