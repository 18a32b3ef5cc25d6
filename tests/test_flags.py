# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Flags from dataclasses: the help, the parser and completion agree; HfArgumentParser of transformers is the oracle."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import pytest
from transformers import HfArgumentParser, TrainingArguments

from hf_seq.cli import main
from hf_seq.commands.application import command_of
from hf_seq.commands.data_flags import data_flags
from hf_seq.commands.launching import FLAGS as LAUNCHING
from hf_seq.commands.verbs import VERBS
from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.reading import read
from hf_seq.flags.source import training_argument_flags
from hf_seq.loops.options import TrainingOptions
from hf_seq.tasks.distillation import NOT_OF_STUDENTS
from hf_seq.tasks.registry import recipe_class
from hf_seq.train.parsing import recipe_flags


@dataclass
class Toy:
    """One field of each kind."""

    name: str = field(default="a", metadata={"help": "A name."})
    width: int | None = None
    rate: float = 0.1
    on: bool = False
    off: bool = True
    automatic: bool | None = None
    files: list[str] | None = None
    kind: Literal["x", "y"] = "x"


TOY = flags_of(Toy)
TASKS = (
    "classification",
    "tagging",
    "language-modeling",
    "masked-language-modeling",
    "series",
    "series-tagging",
    "seq2seq",
)
RECIPE_CLASSES = {task: recipe_class(task) for task in TASKS}
DISTILLED_RECIPES = {task: recipe_class(task, distilled=True) for task in ("classification", "tagging")}
LINES = [
    "--name b",
    "--name=b=c",
    "--name -1",
    "--width 3 --rate 1e-3",
    "--on",
    "--on false --off true",
    "--no_off",
    "--no-off",
    "--automatic=no",
    "--files a b --width 2",
    "--files a --files b",
    "--kind y --rate -2",
    "--width 1 --width 2",
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_is_read_as_hf_argument_parser_reads_it(line):
    parser = HfArgumentParser(Toy, allow_abbrev=False)
    for action in parser._actions:
        if action.dest == "automatic":
            action.nargs, action.const = "?", True
    (expected,) = parser.parse_args_into_dataclasses(line.split(), look_for_args_file=False)
    assert Toy(**read(TOY, line.split())) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--nam b", "no setting 'nam'; did you mean name"),
        ("--qqqqq b", "hf-seq toy --help"),
        ("word", "'word' is not a flag"),
        ("--name", "--name needs a value"),
        ("--name --on", "--name needs a value"),
        ("--width 1.5", "width '1.5' is not a whole number"),
        ("--rate fast", "rate 'fast' is not a number"),
        ("--on=maybe", "--on=maybe is neither true nor false"),
        ("--kind z", "'z' is none of x, y"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_value(line, message):
    with pytest.raises(InputError, match=message):
        read(TOY, line.split(), "toy")


@pytest.mark.parametrize("recipe", [*RECIPE_CLASSES.values(), *DISTILLED_RECIPES.values()])
def test_every_field_that_a_recipe_is_built_with_is_a_flag_of_its_type(recipe):
    given: dict[type, tuple[str, Any]] = {int: ("7", 7), float: ("0.5", 0.5), bool: ("true", True)}
    for flag in flags_of(recipe):
        word, value = given.get(flag.kind, (flag.choices[-1] if flag.choices else "a",) * 2)
        assert read(recipe_flags(recipe), [f"--{flag.name}", word]) == {flag.name: [value] if flag.many else value}
    assert {each.name for each in fields(recipe)} <= {each.name for each in recipe_flags(recipe)}


def test_the_source_of_training_arguments_tells_the_flags_that_the_class_has():
    found = training_argument_flags()
    assert {each.name for each in found} == {each.name for each in fields(TrainingArguments) if each.init}
    assert {each.name for each in found} == {each.name for each in flags_of(TrainingOptions)}
    assert all(each.help for each in found)


def flags_in_help(capsys, *words):
    assert main([*words, "--help"]) == 0
    shown = re.sub(r"[│\n ]+", " ", capsys.readouterr().out.partition("─ Options")[2])
    return set(re.findall(r"(?<![\w-])--([a-z]\w+)", shown)) - {"help", "name", "no_name"}


CASES = [(verb, task) for verb in ("train", "compare", "check", "evaluate", "find-threshold") for task in TASKS]
CASES += [("distill", task) for task in DISTILLED_RECIPES]


@pytest.mark.parametrize(("verb", "task"), CASES)
def test_help_shows_what_is_accepted_and_nothing_else(verb, task, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    shown = flags_in_help(capsys, verb, "--task", task)
    assert shown == accepted(verb, task)


def accepted(verb: str, task: str) -> set[str]:
    """Name what the code that runs takes: the recipe's class, not the flags that the help is made from."""
    from hf_seq.compare.options import OURS, CompareOptions

    recipe = DISTILLED_RECIPES[task] if verb == "distill" else RECIPE_CLASSES[task]
    every = {each.name for each in (*fields(recipe), *fields(TrainingOptions)) if each.init} | {"recipe"}
    every |= {alias for each in fields(recipe) for alias in each.metadata.get("aliases", ())}
    launching = {each.name for each in LAUNCHING}
    if verb == "train":
        return every | launching
    if verb == "distill":
        return (every - NOT_OF_STUDENTS) | launching | {"student", "output"}
    if verb == "compare":
        return (every - OURS) | {each.name for each in fields(CompareOptions)} - {"groups"}
    own = {
        "check": {"max_length", "tokenizer", "html", "overwrite"},
        "evaluate": {"split", "batch_size", "output"},
        "find-threshold": {"precision", "best", "positive", "per_label", "split", "batch_size"},
    }
    panels = ("Data", "Text") if verb == "check" else ("Data",)
    data = [each for each in fields(recipe) if each.metadata["panel"] in panels]
    return {name for each in data for name in (each.name, *each.metadata.get("aliases", ()))} | own[verb]


def test_a_field_for_series_is_no_flag_for_texts():
    assert "num_features" not in {each.name for each in recipe_flags(RECIPE_CLASSES["classification"])}


@pytest.mark.parametrize("task", TASKS)
def test_every_task_can_say_which_columns_it_reads(task):
    columns = {name for name in RECIPE_CLASSES[task].__dataclass_fields__ if name.endswith("_column")}
    assert columns
    assert columns <= {each.name for each in data_flags(task)}


def complete(line):
    environment = os.environ | {"_HF_SEQ_COMPLETE": "complete_bash", "COMP_WORDS": line}
    environment["COMP_CWORD"] = str(len(line.split()) - 1)
    done = subprocess.run([sys.executable, "-m", "hf_seq"], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_shell_completes_verbs_and_flags_and_choices():
    assert sorted(complete("hf-seq tr")) == ["trace", "train", "translate"]
    assert complete("hf-seq train --hidden_s") == ["--hidden_size"]
    assert "--tags_column" in complete("hf-seq train --task tagging --tag")
    assert complete("hf-seq train --pooling me") == ["mean"]
    assert complete("hf-seq train --task ser") == ["series", "series-tagging"]


def test_every_verb_has_a_help_and_the_version_is_shown(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"hf-seq \d+\.\d+\S*\n", capsys.readouterr().out)
    main(["--help"])
    shown = capsys.readouterr().out
    assert [verb for verb in VERBS if verb not in shown] == []


def test_the_front_page_says_what_typer_would_say(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    with pytest.raises(SystemExit):
        command_of([])(["--help"], prog_name="hf-seq")
    typers = capsys.readouterr().out.replace("<bool>", "")  # some versions of typer say it of flags without a value
    assert re.findall(r"[^\s│─╭╮╰╯]+", shown) == re.findall(r"[^\s│─╭╮╰╯]+", typers)


@pytest.mark.parametrize("name", VERBS)
def test_a_summary_is_how_the_help_of_its_verb_begins(name):
    verb = VERBS[name]
    assert " ".join(verb.function.__doc__.split("\n\n", maxsplit=1)[0].split()) == verb.summary


def test_a_flag_can_have_other_names():
    flags = [Flag("model", aliases=("student",))]
    assert read(flags, ["--student", "lstm"]) == read(flags, ["--model=lstm"]) == {"model": "lstm"}


def test_output_without_a_minus_sign_keeps_the_sign_of_a_difference_and_the_letters_of_a_label():
    said = r"\u22121.5 \u2192 sch\xf6n \u4e2d\U0001f389"
    code = f"from hf_seq import cli; cli.guarded = lambda _: print('{said}'); cli.main(['x'])"
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.split() == [b"-1.5", b"->", b"sch\xf6n", rb"\u4e2d\ud83c\udf89"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--report_to nobody", "nobody is none of none, all, .*wandb"),
        ("--report_to neptune", "needs the package of neptune"),
        ("--use_liger_kernel", "pip install liger-kernel"),
        ("--deepspeed zero.json", "--deepspeed zero.json needs .*pip install deepspeed"),
        ("--optim galore_adamw", "--optim galore_adamw needs .*pip install galore-torch"),
        ("--optim schedule_free_adamw", "pip install schedulefree"),
    ],
)
def test_a_flag_whose_package_is_missing_is_refused_before_any_work(flags, message, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("hf_seq.loops.support.find_spec", lambda _: None)
    monkeypatch.setattr("hf_seq.loops.support.get_available_reporting_integrations", list)
    folder = tmp_path / "run"
    assert main(["train", "--data", "builtin:reviews", "--output_dir", str(folder), *flags.split()]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("--model_name_or_path gru", "model", "gru"),
        ("--max-seq-length 77", "max_length", 77),
        ("--text_column_names title,body", "text_column", "title,body"),
        ("--text_column_name body", "text_column", "body"),
        ("--label_column_name stars", "label_column", "stars"),
        ("--train_file a.csv --validation_file b.csv", "validation_file", "b.csv"),
        ("--overwrite_output_dir", "overwrite", True),
    ],
)
def test_names_of_the_scripts_of_transformers_are_understood(line, field, value):
    from hf_seq.train.parsing import parse_recipe

    recipe, _ = parse_recipe(["--data", "x.csv", *line.split()])
    assert getattr(recipe, field) == value


def test_a_tagger_has_its_columns_under_the_usual_names_too():
    from hf_seq.train.parsing import parse_recipe

    line = ["--task", "tagging", "--data", "x", "--text_column_name", "w", "--label_column_name", "t"]
    recipe, _ = parse_recipe(line)
    assert (recipe.tokens_column, recipe.tags_column) == ("w", "t")


def test_compare_and_check_understand_them_too(tmp_path, capsys):
    rows = "".join(f"text number {n},{'yn'[n % 2]}\n" for n in range(40))
    (tmp_path / "a.csv").write_text("body,verdict\n" + rows)
    words = ["check", str(tmp_path / "a.csv"), "--text_column_names", "body", "--label_column_name", "verdict"]
    assert main([*words, "--max_seq_length", "9"]) == 0
    assert "text column 'body', label column 'verdict'" in capsys.readouterr().out
    from hf_seq.compare.options import parse_options, plan_run

    options = parse_options(["--data", "x", "--output", "y", "--bilstm.max_seq_length", "9", "--models", "bilstm,lstm"])
    lengths = [plan_run(options, name, 0, tmp_path).recipe.max_length for name in ("bilstm", "lstm")]
    assert lengths == [9, 256]
