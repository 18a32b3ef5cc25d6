# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training on rows that stay in their files, whatever the task.

The task's own loader reads a sample, and later every window: before the rows of a window stand the examples that the
first pass found for all labels, so that labels are numbered, and columns read, as in the sample.
"""

import dataclasses
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hf_seq.data.labels.reading import is_unlabelled
from hf_seq.data.memory import PREFIX, hold, let_go
from hf_seq.data.readers.shards import BrokenShard, Shard, describe_broken, find_shards, open_all, read_chunks
from hf_seq.data.readers.split_names import WAYS
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.text_form import TextForm
from hf_seq.data.splits import split_in_words
from hf_seq.data.streaming.blocks import BlockReader, rows_of, table_of
from hf_seq.data.streaming.rows import StreamedRows
from hf_seq.data.streaming.survey import Survey, SurveyRequest, look_over
from hf_seq.errors import InputError
from hf_seq.reports.table import duration
from hf_seq.tasks.base import R, Task
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import Recipe

if TYPE_CHECKING:
    from hf_seq.data import Splits
    from hf_seq.data.batching import EncodedDataset

BUFFER, SAMPLE = 50_000, 20_000
GLANCED = 8  # shards whose first rows tell the columns
FILES = ("validation_file", "test_file")
LABELS = ("label_column", "tags_column")
"""Flags of the columns that hold what a row is labelled with."""
FEW = 8
NOT_YET = "Nothing was trained yet."


@dataclass
class Stream:
    """A train split that stays in its files, and what is known of it.

    Attributes:
        task: what is learned.
        recipe: that reads windows.
        splits: `train` is a sample; validation and test are whole.
        survey: what the first pass found.
        names: columns that are read.
        like: a table that was read as all of them are.
        form: how files of text are written.
    """

    task: Task[Any]
    recipe: Recipe
    splits: "Splits"
    survey: Survey
    names: list[str]
    like: Table
    form: TextForm

    def rows(self, processor: Any, sample: "EncodedDataset") -> StreamedRows:
        """Make the rows of the train split, encoded when they are read.

        Args:
            processor: of the model.
            sample: the encoded rows of `splits.train`.
        """

        def encode(rows: list[tuple[Any, ...]]) -> "EncodedDataset":
            return self.task.encoding.encode(self.load(rows), processor, self.recipe, "train")[0]

        return StreamedRows(self.survey.blocks, self.reader(), encode, sample, self.recipe.shuffle_buffer or BUFFER)

    def reader(self) -> BlockReader:
        """Make what reads the rows from their files."""
        return BlockReader(self.survey.blocks, self.names, self.form)

    def in_order(self, rows: int) -> Iterator[Any]:
        """Yield the rows as they stand in their files, so many at a time, as the task's loader reads them."""
        reader = self.reader()
        for start in range(0, self.survey.rows, rows):
            yield self.load(reader.read_in_order(start, rows))

    def load(self, rows: list[tuple[Any, ...]]) -> Any:
        """Have the task's loader read rows of some blocks.

        Raises:
            InputError: it finds other labels, or other rows.
        """
        splits = self.splits
        examples = self.survey.examples[: None if splits.label_names else FEW]
        table = table_of([*examples, *rows], self.names, self.like)
        known = {**splits.columns, "problem_type": splits.problem_type, "positive": splits.positive}
        found = load_tables(self.task, self.recipe, {"train": table}, "window", whole=True, trained_on=known)
        if list(found.label_names) != list(splits.label_names) or len(found.train) != len(table):
            odd = sorted(set(found.label_names) - set(splits.label_names))[:FEW]
            raise InputError(
                f"A window of {len(table):,} rows reads as {len(found.train):,}, with labels {odd or 'as expected'} "
                "that the first pass did not find; did the files change? Train anew."
            )
        return found.train.select(range(len(examples), len(table)))


def check_streaming(task: Task[R], recipe: R) -> None:
    """Refuse, before anything is read, what needs all rows at once.

    Raises:
        InputError: something does.
    """
    if task.name not in STREAMED:
        raise InputError(f"--streaming is for {', '.join(STREAMED)}, not for {task.name}; leave it out.")
    why = why_no_window(recipe)
    if recipe.shuffle_buffer is not None and why is not None:
        raise InputError(f"--shuffle_buffer {recipe.shuffle_buffer} has no meaning here: {why}; leave it out.")
    if recipe.model in task.models.baselines or recipe.model.endswith("-wide"):
        raise InputError(
            f"{recipe.model} is fitted on all rows at once, and --streaming leaves them in their files; take another "
            "--model, or leave --streaming out and limit the rows with --max_train_rows."
        )
    if recipe.data.startswith(("builtin:", PREFIX)):
        raise InputError(f"{recipe.data} is in memory already; leave --streaming out, or name files.")
    for name, (nothing, instead) in NEEDS_ALL.items():
        value = getattr(recipe, name, nothing)
        if value not in (nothing, None, False, [], 0):
            raise InputError(
                f"--{name} {value} needs all rows at once, and --streaming leaves them in files; {instead}."
            )


def why_no_window(recipe: Recipe) -> str | None:
    """Say why rows need not be shuffled in memory; None where they are."""
    if getattr(recipe, "reading", None) == "stream":
        return "a text read as one keeps its order"
    return "what a teacher said is shuffled as a whole" if isinstance(recipe, DistilledRecipe) else None


STREAMED = (
    "classification",
    "tagging",
    "language-modeling",
    "masked-language-modeling",
    "seq2seq",
    "series",
    "series-tagging",
)
"""Tasks whose rows can stay in their files."""
NEEDS_ALL: Mapping[str, tuple[Any, str]] = {
    "config": (None, "name the files: hf://datasets/ORG/SET/*.parquet"),
    "revision": (None, "name the files: hf://datasets/ORG/SET@REVISION/*.parquet"),
    "group_column": ("none", "give --validation_file and --test_file of other groups"),
    "train_on_validation": (False, "put the validation shards beside those of train"),
    "max_train_rows": (None, "limit the training with --max_steps"),
    "train_rows": (None, "limit the training with --max_steps"),
    "class_weights": ("none", "leave it out"),
    "hard_share": (0.0, "leave it out: a student learns from its teacher's answers to all rows"),
    "mention_copies": (0, "write the copies into shards first"),
    "batch_tokens": (None, "count rows: --per_device_train_batch_size"),
    "window": (None, "cut the recordings into rows first"),
    "window_length": (None, "cut the series with --max_length"),
}
"""Settings that a stream cannot have: what says that they are not set, and what to do."""


def open_stream(task: Task[R], recipe: R) -> Stream:
    """Look over the shards of a recipe.

    Raises:
        InputError: what a stream cannot do, and what cannot be read, before any training.
    """
    check_streaming(task, recipe)
    start = time.perf_counter()
    form = TextForm(recipe.encoding, recipe.delimiter, recipe.no_header, recipe.columns)
    given = shards_by_split(recipe)
    shards, broken = open_all(given["train"], form, recipe.skip_broken, "stream those of one kind", NOT_YET)
    first = first_rows(shards, form)
    reading = dataclasses.replace(recipe, validation_file=None, test_file=None)
    glance = load_tables(task, reading, {"train": first}, "first rows", whole=True, strict=False)
    if len(glance.train) != len(first):
        raise InputError(
            f"{len(first):,} rows of {recipe.data} read as {len(glance.train):,} inputs; with --streaming every row is "
            "one, so write a series, or a sentence, as a list in one row."
        )
    names = read_columns(glance, first)
    others = other_splits(recipe, given, glance, form)
    tested = "validation" if "validation" in others and "test" not in others else "test"
    if tested in others:
        others["test"] = others.pop(tested)
    wanted = SurveyRequest(
        names,
        next((str(glance.columns[flag]) for flag in LABELS if glance.columns.get(flag)), None),
        glance.columns.get("label_separator"),
        recipe.sample_rows or SAMPLE,
        recipe.validation_fraction,
        [split for split in ("validation", "test") if split not in others],
        recipe.data_split_seed,
        form,
    )
    survey = look_over(shards, wanted)
    survey.broken = {**broken, **survey.broken}
    refuse_broken(survey, recipe, len(given["train"]))
    splits = load_sample(task, recipe, survey, others, names, first, tested)
    splits.notes += described(survey, recipe, splits, len(given["train"]), time.perf_counter() - start)
    return Stream(task, with_found(reading, glance, splits), splits, survey, names, first, form)


def shards_by_split(recipe: Recipe) -> dict[str, list[Shard]]:
    """Find the shards of each split: those that `--data` names are for train, unless their names say otherwise.

    Raises:
        InputError: there is none.
    """
    if recipe.train_file is not None:
        return {"train": find_shards(recipe.train_file, "--train_file")}
    shards = find_shards(recipe.data, "--data")
    for split_of in WAYS:
        found: dict[str, list[Shard]] = {}
        for shard in shards:
            found.setdefault(split_of(shard.said) or "", []).append(shard)
        if "train" in found:
            return {split: some for split, some in found.items() if split}
    return {"train": shards}


def first_rows(shards: Sequence[Shard], form: TextForm) -> Table:
    """Read the first rows of some shards.

    Raises:
        InputError: there is none.
    """
    broken: dict[str, str] = {}
    step = max(1, len(shards) // GLANCED)
    tables = [chunk.table for shard in shards[::step] for chunk in _first_chunk(shard, form, broken)]
    tables = tables or [chunk.table for shard in shards for chunk in _first_chunk(shard, form, broken)][:1]
    if not tables:
        why = "".join(f"; {name} cannot be read ({reason})" for name, reason in list(broken.items())[:FEW])
        raise InputError(f"none of the shards ({len(shards)}) has rows{why}; there is nothing to train on.")
    return joined(tables)


def _first_chunk(shard: Shard, form: TextForm, broken: dict[str, str]) -> Sequence[Any]:
    """Read the first rows of a shard; of one that breaks there none, and `broken` holds why."""
    try:
        return [chunk for chunk in [next(read_chunks(shard, 1024, form), None)] if chunk is not None]
    except BrokenShard as error:
        broken[shard.name] = str(error)
        return []


def joined(tables: Sequence[Table]) -> Table:
    """Put tables of one form under each other.

    Raises:
        InputError: they store other label names.
    """
    first = tables[0]
    odd = next((table for table in tables if table.class_names != first.class_names), None)
    if odd is not None:
        raise InputError(
            f"The shards store different label names ({odd.class_names} and {first.class_names}); write the names in "
            "place of ids, or give all shards the same."
        )
    names = list(dict.fromkeys(name for table in tables for name in table.names))
    rows = [row for table in tables for row in rows_of(table, names)]
    return table_of(rows, names, first)


def read_columns(splits: "Splits", table: Table) -> list[str]:
    """List the columns that a loader read, in the order of the table; all where it does not say."""
    used = {name for each in splits.columns.values() for name in (each if isinstance(each, list) else [each])}
    return [name for name in table.names if name in used] or table.names


def other_splits(
    recipe: Recipe, given: Mapping[str, Sequence[Shard]], glance: "Splits", form: TextForm
) -> dict[str, Table | str]:
    """Find validation and test where they are given: tables, or the files of flags."""
    found: dict[str, Table | str] = {}
    label = next((str(glance.columns[flag]) for flag in LABELS if glance.columns.get(flag)), None)
    for split in ("validation", "test"):
        file = getattr(recipe, f"{split}_file")
        if file is not None:
            found[split] = file
        elif given.get(split):
            table = joined([chunk.table for shard in given[split] for chunk in read_chunks(shard, 1024, form)])
            if label is None or (label in table.names and not is_unlabelled(table.values(label))):
                found[split] = table
    return found


def load_sample(
    task: Task[R],
    recipe: R,
    survey: Survey,
    others: Mapping[str, Table | str],
    names: Sequence[str],
    like: Table,
    tested: str,
) -> "Splits":
    """Have the task's loader read the sample as the train split, beside whole splits for validation and test.

    Args:
        task: whose loader.
        recipe: says the columns, and files of other splits.
        survey: that found the sample.
        others: splits that are not held out of the stream.
        names: columns that are read.
        like: a table that was read as all of them are.
        tested: which split of the data the test is: a validation alone is.

    Raises:
        InputError: it refuses them, or would cut a split from the sample.
    """
    tables = {"train": table_of([*survey.examples, *survey.sample], names, like)}
    tables |= {split: table_of(rows, names, like) for split, rows in survey.held_out.items()}
    tables |= {split: table for split, table in others.items() if isinstance(table, Table)}
    files: dict[str, Any] = dict.fromkeys(FILES)
    files |= {f"{split}_file": file for split, file in others.items() if isinstance(file, str)}
    reading = dataclasses.replace(recipe, **files)
    splits = load_tables(task, reading, tables, recipe.train_file or recipe.data)
    cut = next((split for split in ("validation", "test") if splits.origins.get(split) != split), None)
    if cut is not None:
        raise InputError(
            f"{cut} has no labels, and a stream has none cut from its sample; give a labelled --{cut}_file, or leave "
            "it out: rows are then held out of the stream."
        )
    origins = {split: "train" if split in survey.held_out else split for split in ("train", "validation", "test")}
    origins["test"] = tested if origins["test"] == "test" else origins["test"]
    digest = hashlib.sha256(f"{splits.fingerprint} {survey.fingerprint}".encode()).hexdigest()
    test = split_in_words("test", origins["test"])
    return dataclasses.replace(splits, origins=origins, test_split=test, fingerprint=digest)


def load_tables(task: Task[R], recipe: R, tables: dict[str, Table], source: str, **options: Any) -> "Splits":
    """Have a task's loader read tables.

    Args:
        task: whose loader.
        recipe: says the columns, and files of other splits.
        tables: by split.
        source: what they came from, for words.
        options: for the loader.
    """
    name = hold(f"{PREFIX}stream", RawData(tables, source))
    try:
        return task.data.load(dataclasses.replace(recipe, data=name, train_file=None), **options)
    finally:
        let_go(name)


def with_found(recipe: R, glance: "Splits", splits: "Splits") -> R:
    """Settle in a recipe what was found in the sample, so that no window is read in another way."""
    settled: dict[str, Any] = {
        "problem_type": splits.problem_type,
        "label_separator": glance.columns.get("label_separator"),
    }
    known = {each.name for each in dataclasses.fields(recipe)}
    return dataclasses.replace(recipe, **{name: value for name, value in settled.items() if name in known and value})


def refuse_broken(survey: Survey, recipe: Recipe, shards: int) -> None:
    """Refuse shards that break in the middle, and a stream without rows.

    Raises:
        InputError: one of these.
    """
    if survey.broken and not recipe.skip_broken:
        raise InputError(f"{describe_broken(survey.broken, shards)} {NOT_YET}")
    if not survey.rows:
        raise InputError(
            f"Validation and test hold out all rows that there are ({sum(block.rows for block in survey.blocks):,}), "
            "and none is left to train on; give more, or a --validation_file and a --test_file."
        )


def described(survey: Survey, recipe: Recipe, splits: "Splits", shards: int, seconds: float) -> list[str]:
    """Say what the first pass found, and what was decided."""
    read = shards - len(survey.broken)
    buffer = recipe.shuffle_buffer or BUFFER
    window = f", {buffer:,} in memory at a time (shuffle_buffer)" if why_no_window(recipe) is None else ""
    notes = [
        f"{survey.rows:,} train rows in {read} shard{'s' * (read != 1)} stay in their files{window}; a first pass over "
        f"all took {duration(seconds)}",
        f"tokenizer and checks saw a sample of {len(splits.train):,} of them (sample_rows)",
    ]
    if splits.label_names:
        notes.append(f"the {len(splits.label_names)} labels are all that the first pass found")
    for split, rows in survey.held_out.items():
        notes.append(f"{split}: {len(rows):,} rows held out of the stream, seed {recipe.data_split_seed}")
    if survey.broken:
        listed = "; ".join(f"{name} ({reason})" for name, reason in survey.broken.items())
        notes.append(f"{len(survey.broken)} of {shards} shards cannot be read and are left out: {listed}")
    if survey.empty:
        notes.append(f"{len(survey.empty)} shards are empty: {', '.join(survey.empty[:FEW])}")
    return notes
