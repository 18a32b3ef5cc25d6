# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf_seq.train`, `compare`, `distill`, `check`, `evaluate`: what the command line does, for data in memory or a path.

Keywords are the flags of `hf-seq VERB --help`, under the same names and with the same checks. Nothing is printed: what
the work tells is logged under `hf_seq`, and `hf_seq.print_progress()` prints it. Where no output folder is named, a
temporary one is taken that lasts as long as Python runs.
"""

import copy
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from hf_seq.api.trained import TrainedModel, temporary_folder
from hf_seq.api.words import flags_as_keywords
from hf_seq.compare.options import parse_options
from hf_seq.compare.running import compare as run_comparison
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.memory import as_source
from hf_seq.distill.running import task_of_teacher, train_or_distill
from hf_seq.errors import InputError
from hf_seq.files.writing import check_output, write_text
from hf_seq.predictors.base import BasePredictor
from hf_seq.predictors.writer import Translator
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.record import Record
from hf_seq.text.pairs import TwoTokenizers
from hf_seq.train.evaluate_model import evaluate as run_evaluation
from hf_seq.train.look_over import look_over
from hf_seq.train.parsing import flags, parse_recipe

Model = str | os.PathLike[str]


def train(
    data: Any = None,
    model: Model | None = None,
    *,
    task: str | None = None,
    output: str | Path | None = None,
    **settings: Any,
) -> TrainedModel:
    """Train one model, save it, and score what was saved; what `hf-seq train` does.

    Args:
        data: a path, Hub id or built-in (`"builtin:reviews"`), or data in memory: columns `{"text": [...], "label":
            [...]}`, rows `[{...}, ...]`, two lists `(texts, labels)`, a pandas DataFrame, a `datasets.Dataset`, or any
            of these by split, `{"train": ..., "test": ...}`. Missing splits are cut from train, as a note of the
            record says.
        model: `bilstm`, `lstm`, `transformer`, `distilbert`, `tfidf`, ...; a Hub id, a folder, or a `TrainedModel` to
            train further. None takes the task's usual one.
        task: `classification` (the default), `tagging`, `series`, `seq2seq`, `language-modeling`, ...
        output: folder for the model, its recipe and record; None takes a temporary one.
        **settings: every other flag of `hf-seq train`: `num_train_epochs=3`, `hidden_size=128`, `text_column="body"`,
            `recipe="sst2-bilstm"`, `resume=True`, `overwrite=True`, ...

    Raises:
        InputError: the data make training impossible, or a setting is unknown or does not fit; nothing was
            overwritten.

    Example:
        >>> import hf_seq
        >>> texts = [f"{a} {b} {c}" for a in ("a", "my") for b in ("good", "bad") for c in ("film", "book", "song")] * 4
        >>> data = {"text": texts, "label": ["praise" if "good" in text else "blame" for text in texts]}
        >>> trained = hf_seq.train({"train": data, "test": data}, "bilstm", num_train_epochs=1, hidden_size=8)
        >>> trained.record.metric, trained.record.n
        ('accuracy', 48)
    """
    with flags_as_keywords():
        values = {**settings, "data": _source(data), "model": _path(model), "task": task}
        values["output_dir"] = folder = _output(output, settings)
        recipe, arguments = parse_recipe(flags(values), aloud=True)
        train_or_distill(recipe, arguments)
    return TrainedModel(folder)


def distill(
    teacher: Model | Sequence[Model],
    data: Any = None,
    student: str | None = None,
    *,
    unlabelled: str | Path | Sequence[str | Path] = (),
    unlabelled_texts: Sequence[str] = (),
    task: str | None = None,
    output: str | Path | None = None,
    **settings: Any,
) -> TrainedModel:
    """Train a small model to answer as a big one does; what `hf-seq distill` does.

    Args:
        teacher: folder, Hub id or `TrainedModel` of a classifier or tagger of transformers; several are averaged.
        data: as for `train`; with labels.
        student: `bilstm-attention`, `bilstm`, ...; None takes the task's usual one.
        unlabelled: files of texts that the teacher is asked about, too.
        unlabelled_texts: such texts in memory.
        task: what to learn; None takes the teacher's.
        output: folder for the student; None takes a temporary one.
        **settings: every other flag of `hf-seq distill`: `augmented_rows=20_000`, `temperature=2.0`, ...

    Raises:
        InputError: data, teacher and settings do not fit together.

    Example:
        >>> import hf_seq
        >>> tiny = {"data": "builtin:reviews", "max_train_rows": 100, "num_train_epochs": 1, "hidden_size": 8}
        >>> teacher = hf_seq.train(model="transformer", num_attention_heads=2, **tiny)
        >>> student = hf_seq.distill(teacher, student="bilstm", augmented_rows=0, **tiny)
        >>> student.record.distillation["soft_loss"]
        'mse'
    """
    with flags_as_keywords():
        teachers = [_path(each) for each in ([teacher] if isinstance(teacher, str | os.PathLike) else teacher)]
        files = [str(each) for each in ([unlabelled] if isinstance(unlabelled, str | Path) else unlabelled)]
        if unlabelled_texts:
            files.append(str(_texts_file(unlabelled_texts)))
        values = {**settings, "data": _source(data), "model": _path(student), "task": task}
        values |= {"teacher": teachers, "unlabelled": files or None}
        values["output_dir"] = folder = _output(output, settings)
        words = flags(values)
        recipe, arguments = parse_recipe(words, task=task_of_teacher(words), distilled=True)
        train_or_distill(recipe, arguments)
    return TrainedModel(folder)


def compare(
    data: Any,
    models: Sequence[Model] | str | None = None,
    *,
    task: str = "classification",
    output: str | Path | None = None,
    seeds: Sequence[int] | int | str = (0,),
    per_model: Mapping[str, Mapping[str, Any]] | None = None,
    **settings: Any,
) -> Comparison:
    """Train several models on the same rows and test every difference; what `hf-seq compare` does.

    Args:
        data: as for `train`.
        models: names as for `train`, and `student`; None takes the task's usual ones.
        task: what to learn.
        output: folder for models, table and report; the same again goes on with it. None takes a temporary one.
        seeds: of weights and order; scores are means over them.
        per_model: settings for one model alone, `{"bilstm": {"hidden_size": 64}}`.
        **settings: every other flag of `hf-seq compare`; those of training go to the models trained from scratch.

    Returns:
        The comparison: `to_pandas()`, `to_latex()`, `verdict`, `rows`. A notebook shows it as a table.

    Raises:
        InputError: data, models and settings do not fit together; nothing finished was overwritten.

    Example:
        >>> import hf_seq
        >>> quick = {"max_train_rows": 200, "calls": 2, "robustness_rows": 0}
        >>> comparison = hf_seq.compare("builtin:reviews", ["majority", "tfidf"], **quick)
        >>> list(comparison.to_pandas()["model"])
        ['majority', 'tfidf']
    """
    with flags_as_keywords():
        folder = _output(output, settings)
        own = {key: value for key, value in settings.items() if key != "output_dir"}
        words = flags(own)
        for name, values in (per_model or {}).items():
            words += flags({f"{name}.{key}": value for key, value in values.items()})
        named = models.split(",") if isinstance(models, str) else models
        options = {"data": _source(data), "task": task, "output": folder, "seeds": _with_commas(seeds)}
        options["models"] = None if named is None else ",".join(_path(each) or "" for each in named)
        return run_comparison(parse_options([*words, *flags(options)]), Console(file=io.StringIO()))


def check(
    data: Any = None,
    *,
    task: str = "classification",
    max_length: int | None = None,
    tokenizer: str | Path | None = None,
    html: str | Path | None = None,
    overwrite: bool = False,
    **columns: Any,
) -> CheckReport:
    """Look a data set over before training; what `hf-seq check` does.

    Args:
        data: as for `train`.
        task: what is to be learned.
        max_length: tokens of a text (256 if None) or steps of a series to be read.
        tokenizer: folder or Hub id; None trains one on the train split.
        html: file to write the report to, with rows, lengths and labels.
        overwrite: replace that file.
        **columns: how the data are read: `text_column="body"`, `label_column="stars"`, ...

    Returns:
        The report: `errors` make training impossible, `warnings` make it doubtful, `render()` writes it as text.

    Raises:
        InputError: the data cannot be read at all.

    Example:
        >>> import hf_seq
        >>> report = hf_seq.check("builtin:reviews", label_column="label")
        >>> report.errors, report.facts[0]
        ([], 'rows: train 5,000, validation 600, test 1,200')
    """
    with flags_as_keywords():
        if html is not None:
            check_output(Path(html), overwrite=overwrite, flag="--html")
        seen = look_over(_source(data) or "", task, columns, max_length, None if tokenizer is None else str(tokenizer))
        if html is not None:
            seen.write_page(Path(html))
        return seen.report


def evaluate(
    model: Model | BasePredictor,
    data: Any = None,
    *,
    split: str = "test",
    task: str | None = None,
    batch_size: int = 64,
    output: str | Path | None = None,
    **columns: Any,
) -> Record:
    """Score a trained model on labelled data, with a 95 % interval; what `hf-seq evaluate` does.

    Args:
        model: folder, Hub id, `TrainedModel`, or a predictor such as `Predictor(model, tokenizer)`.
        data: as for `train`; without splits it is scored whole. None takes the data that the model's record names.
        split: `train`, `validation` or `test`.
        task: what the model does; found from its folder if None.
        batch_size: inputs that share a batch.
        output: folder for `record.json` and `predictions.jsonl`; None writes nothing.
        **columns: how the data are read, as for `train`.

    Returns:
        The record: `score` (accuracy 0-100), `interval`, `n`, `metrics`, `by_label`, `confusion`.

    Raises:
        InputError: no such split, or labels that the model does not know.

    Example:
        >>> import hf_seq
        >>> trained = hf_seq.train("builtin:reviews", "majority")
        >>> hf_seq.evaluate(trained, (["good", "bad"], ["positive", "negative"])).score
        50.0
    """
    with flags_as_keywords():
        folder = _saved(model) if isinstance(model, BasePredictor) else os.fspath(model)
        place = None if output is None else Path(output)
        return run_evaluation(
            folder, _source(data), split=split, task=task, batch_size=batch_size, output=place, **columns
        )


def _source(data: Any) -> str | None:
    return None if data is None else as_source(data)


def _path(model: Model | None) -> str | None:
    return None if model is None else os.fspath(model)


def _output(output: str | Path | None, settings: Mapping[str, Any]) -> str:
    """Choose the folder to write to; `output_dir`, as the command line calls it, says the same."""
    named = settings.get("output_dir")
    if output is not None and named is not None:
        raise InputError(f"output={str(output)!r} and output_dir={str(named)!r} name the same thing; give one of them.")
    chosen = named if output is None else output
    return str(temporary_folder() if chosen is None else chosen)


def _with_commas(seeds: Sequence[int] | int | str) -> str:
    return str(seeds) if isinstance(seeds, int | str) else ",".join(map(str, seeds))


def _texts_file(texts: Sequence[str]) -> Path:
    """Write texts to a file, a line each."""
    if isinstance(texts, str) or not all(isinstance(each, str) for each in texts):
        raise InputError(f"unlabelled_texts must be a list of strings, got {type(texts).__name__} {str(texts)[:60]!r}.")
    path = temporary_folder() / "unlabelled.txt"
    write_text(path, "".join(" ".join(each.split()) + "\n" for each in texts))
    return path


def _saved(predictor: BasePredictor) -> str:
    """Save what a predictor holds to a temporary folder."""
    folder = temporary_folder()
    if predictor.processor is None:
        predictor.model.save(folder)
        return str(folder)
    predictor.model.save_pretrained(folder)
    predictor.processor.save_pretrained(folder)
    if isinstance(predictor, Translator):
        if predictor.writes is not predictor.processor:
            TwoTokenizers(predictor.processor, predictor.writes).save_pretrained(folder)
        writing = copy.deepcopy(predictor.model.generation_config)
        writing.update(**predictor.generation)
        writing.save_pretrained(folder)
    return str(folder)
