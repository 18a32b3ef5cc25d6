# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Loads a model with its tokenizer or feature extractor, and refuses what would answer nonsense.

transformers fills missing weights with random numbers and a missing vocabulary with five special tokens, and says so
only in a log. For a model that is to answer, both are errors.
"""

from pathlib import Path
from typing import Any

from huggingface_hub.errors import StrictDataclassError

from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable, check_model_folder, fetch_from_hub
from hf_seq.predictors.kinds import Kind, read_architecture
from hf_seq.predictors.quick_start import nothing_drawn
from hf_seq.text.saved_tokenizers import check_saved_tokenizer
from hf_seq.text.word_patterns import bound

_VOCABULARY_FILES = ("tokenizer.json", "vocab.*", "*.model", "*.vocab", "merges.txt", "*.tiktoken")


def load_kind(
    kind: Kind, folder_or_id: str | Path, *, trust_remote_code: bool = False, revision: str | None = None
) -> tuple[Any, Any]:
    """Load a model of one kind and what it reads with.

    Args:
        kind: what the caller can use.
        folder_or_id: folder that `save_pretrained` wrote, or Hub id.
        trust_remote_code: allow code that comes with the model to run.
        revision: branch, tag or commit of a Hub repository.

    Returns:
        (model, processor), the model in evaluation mode; the processor is a tokenizer, or the feature extractor of a
        model of series.

    Raises:
        InputError: a model of another kind, no such model, no config, no safetensors weights, a broken file, weights
            that are missing or do not fit, no tokenizer or feature extractor, or one of another model.
    """
    folder = find_folder(folder_or_id, revision)
    name, found = read_architecture(folder)
    if found is not None and found is not kind:
        reads = ", which reads numbers," if found.reads_numbers and not kind.reads_numbers else ","
        raise InputError(
            f"{folder_or_id} is {found.noun} ({name}){reads} not {kind.noun}; "
            f"use hf_seq.load({str(folder_or_id)!r}) or {found.predictor}, or train {kind.noun} with "
            f"`hf-seq train --task {kind.task}`."
        )
    model = _load_model(folder, kind.auto_class, trust_remote_code).eval()
    if not kind.reads_numbers:
        tokenizer = _load_tokenizer(folder, trust_remote_code)
        _check_vocabulary(folder, model, tokenizer)
        return model, tokenizer
    return model, _load_own_extractor(folder, model, trust_remote_code)


def load_any(
    folder_or_id: str | Path, *, trust_remote_code: bool = False, revision: str | None = None
) -> tuple[Any, Any]:
    """Load a model of any family and head, by what its configuration says it is, and what it reads with.

    Args:
        folder_or_id: folder that `save_pretrained` wrote, or Hub id.
        trust_remote_code: allow code that comes with the model to run.
        revision: branch, tag or commit of a Hub repository.

    Returns:
        (model, processor), the model in evaluation mode. The processor is a tokenizer; for a model of numeric sequences
        it is a feature extractor, or None where there is none beside it.

    Raises:
        InputError: as `load_kind`.
    """
    folder = find_folder(folder_or_id, revision)
    check_config(folder, trust_remote_code)
    _, kind = read_architecture(folder)
    model = _load_model(folder, "AutoModel" if kind is None else kind.auto_class, trust_remote_code).eval()
    if getattr(model.config, "num_features", None) is not None:
        return model, _load_feature_extractor(folder, trust_remote_code)
    tokenizer = _load_tokenizer(folder, trust_remote_code)
    _check_vocabulary(folder, model, tokenizer)
    return model, tokenizer


def find_folder(folder_or_id: str | Path, revision: str | None = None) -> Path:
    """Find the folder of a model, on disk or in the Hub's cache, to which it is downloaded when need be.

    Raises:
        InputError: there is none, or it holds no model.
    """
    path = Path(folder_or_id)
    if path.is_dir():
        if revision is not None:
            raise InputError(f"revision={revision!r} is of a Hub repository, but {path} is a folder; leave it out.")
        return check_model_folder(path)
    if path.is_file():
        raise InputError(f"{path} is a file; give the folder it lies in.")
    if isinstance(folder_or_id, Path) or str(folder_or_id).startswith((".", "/", "~")) or str(path).count("/") > 1:
        raise InputError(
            f"there is no folder {path}; give one that `hf-seq train` or save_pretrained wrote, or a Hub id."
        )
    try:
        return fetch_from_hub(str(folder_or_id), revision)
    except PretrainedUnavailable as error:
        raise InputError(f"{error} Give the folder of a model, or come back when the Hub can be reached.") from error


def check_config(folder: Path, trust_remote_code: bool) -> None:
    """Read the configuration of a model, to say what is wrong with it.

    Raises:
        InputError: it cannot be read, or is of a type that needs code of its own.
    """
    from transformers import AutoConfig

    try:
        AutoConfig.from_pretrained(folder, trust_remote_code=trust_remote_code)
    except InputError:
        raise
    except Exception as error:  # whatever fields of other types make a configuration raise
        raise InputError(_why_unreadable(folder, error)) from error


def _load_own_extractor(folder: Path, model: Any, trust_remote_code: bool) -> Any:
    """Load the feature extractor of a model of series.

    Raises:
        InputError: the model reads text, or there is no feature extractor, or it belongs to another model.
    """
    features = getattr(model.config, "num_features", None)
    if features is None:
        raise InputError(f"the model in {folder} reads text, not series of numbers; give it texts.")
    extractor = _load_feature_extractor(folder, trust_remote_code)
    if extractor is None:
        raise InputError(
            f"{folder} has no preprocessor_config.json, so nobody knows the scale its model was trained on; save "
            "its feature extractor beside it (extractor.save_pretrained)."
        )
    if not hasattr(extractor, "standardize") or extractor.num_features != features:
        given = getattr(extractor, "num_features", type(extractor).__name__)
        raise InputError(
            f"the feature extractor in {folder} gives {given} features a step, but its model reads {features}; "
            "it belongs to another model."
        )
    return extractor


def _load_feature_extractor(folder: Path, trust_remote_code: bool) -> Any:
    from transformers import AutoFeatureExtractor

    if not (folder / "preprocessor_config.json").is_file() and not (folder / "processor_config.json").is_file():
        return None
    try:
        return AutoFeatureExtractor.from_pretrained(folder, trust_remote_code=trust_remote_code)
    except Exception as error:  # as for a configuration
        raise InputError(
            f"the feature extractor in {folder} cannot be loaded ({_in_short(error)}). Save the model's own beside it."
        ) from error


def _load_model(folder: Path, auto_class: str, trust_remote_code: bool) -> Any:
    import transformers

    try:
        with nothing_drawn():
            model, facts = getattr(transformers, auto_class).from_pretrained(
                folder, use_safetensors=True, trust_remote_code=trust_remote_code, output_loading_info=True
            )
    except InputError:
        raise
    except Exception as error:  # whatever fields of other types, or weights of other shapes, make a model raise
        if "newer hf_seq" in str(error):
            raise InputError(f"{folder}: {error}") from error
        raise InputError(
            f"the model in {folder} cannot be loaded ({_in_short(error)}). Its files are damaged or do not "
            "belong together; save or train it again."
        ) from error
    model.config.return_dict = True  # predictors read outputs by name
    _check_labels(folder, model.config)
    if facts["missing_keys"]:
        missing = sorted(facts["missing_keys"])
        raise InputError(
            f"{folder} lacks {len(missing)} weights of the model (such as {missing[0]}), so its answers would be "
            "random; train it first (`hf-seq train --model FOLDER`)."
        )
    if facts["unexpected_keys"] and hasattr(model.config, "format_version"):  # others' models often hold some
        odd = sorted(facts["unexpected_keys"])
        raise InputError(
            f"{folder} holds {len(odd)} weights that its model does not have (such as {odd[0]}), so weights and "
            "config.json do not belong together; get both again from where they come from, or train it again."
        )
    return model


def _check_labels(folder: Path, config: Any) -> None:
    """Refuse labels that are no names, or are not one for each number."""
    names = getattr(config, "id2label", None) or {}
    wanted = set(range(len(names)))
    if not isinstance(names, dict) or set(names) != wanted or not all(isinstance(each, str) for each in names.values()):
        raise InputError(
            f"{folder}/config.json has id2label={names!r:.60}; it must give a name to each number from 0 on. Save the "
            "model again, or correct it."
        )


def _load_tokenizer(folder: Path, trust_remote_code: bool) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust_remote_code)
    except Exception as error:  # `tokenizers` raises bare exceptions for broken files
        raise InputError(
            f"the tokenizer in {folder} cannot be loaded ({_in_short(error)}). Save the model's own beside it again."
        ) from error
    check_saved_tokenizer(tokenizer, folder)
    bound(tokenizer)
    written = any(next(folder.glob(pattern), None) for pattern in _VOCABULARY_FILES)
    if not written and hasattr(tokenizer, "backend_tokenizer"):
        raise InputError(f"{folder} holds no tokenizer; save the model's own beside it (tokenizer.save_pretrained).")
    return tokenizer


def _check_vocabulary(folder: Path, model: Any, tokenizer: Any) -> None:
    embedding = model.get_input_embeddings()
    if getattr(model.config, "num_features", None) is not None or embedding is None:
        raise InputError(
            f"the model in {folder} reads numbers (num_features), not text; call it on input_values instead."
        )
    rows = embedding.weight.shape[0]
    highest = max(tokenizer.get_vocab().values(), default=-1)
    if highest >= rows:
        raise InputError(
            f"the tokenizer in {folder} has token ids up to {highest}, but the model knows {rows}; it belongs to "
            "another model. Put the tokenizer the model was trained with beside it."
        )


def _why_unreadable(folder: Path, error: Exception) -> str:
    """Return what to do about a configuration that cannot be read."""
    if "newer hf_seq" in str(error):
        return f"{folder}: {error}"
    if "custom code" in str(error):
        return (
            f"the model in {folder} is of a type that neither transformers nor this hf_seq has, and comes with code of "
            "its own; read that code, and if you trust it, load the model with trust_remote_code=True."
        )
    return f"{folder}/config.json cannot be read ({_in_short(error)}); save the model again."


def _in_short(error: Exception) -> str:
    """Name and first line of an error."""
    if "ignore_mismatched_sizes" in str(error):
        return "weights and config.json have different sizes"
    if isinstance(error, StrictDataclassError) and error.__cause__ is not None:
        return f"config.json: {error.__cause__}".rstrip(".")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0].rstrip('.:')}" if lines else type(error).__name__
