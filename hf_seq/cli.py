# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq VERB`: check, train, evaluate, predict, compare.

Each verb imports what it needs when it runs, so that `hf-seq --help` answers at once. What a user can mend is said in a
sentence on stderr and ends with exit code 2.
"""

import inspect
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from hf_seq.errors import InputError

if TYPE_CHECKING:
    from hf_seq.predictor import Predictor

app = typer.Typer(
    name="hf-seq",
    help="Train small sequence models on your own data, compare them honestly, load them anywhere.",
    epilog="Start here:  hf-seq compare --data builtin:reviews --output runs/reviews",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
RECIPE_VERBS = ("train", "compare")
"""Verbs whose flags are the fields of a recipe; `HfArgumentParser` reads them, typer only shows the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code: 0 done, 2 the user can mend it, 130 interrupted."""
    arguments = with_underscores(sys.argv[1:] if argv is None else argv)
    _quiet_libraries()
    return guarded(lambda: _dispatch(arguments))


def _quiet_libraries() -> None:
    """No progress bars of libraries in log files; those of downloads stay on terminals."""
    if not sys.stderr.isatty():
        for library in ("HF_DATASETS", "HF_HUB"):
            os.environ.setdefault(f"{library}_DISABLE_PROGRESS_BARS", "1")


def _load_predictor(model: str, **settings: Any) -> "Predictor":
    """Load without the library's bar, which takes longer to read than the model to load."""
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.predictor import Predictor

    disable_progress_bar()
    return Predictor.from_pretrained(model, **settings)


def run_script(script: Callable[[], Any]) -> None:
    """Run the main function of a script under `training/` as `hf-seq` would, and leave with its exit code."""
    sys.exit(guarded(script))


def guarded(action: Callable[[], Any]) -> int:
    """Call `action`; turn what the user can mend into one message on stderr and exit code 2."""
    from hf_seq.training.run_folder import is_disk_full

    try:
        action()
    except InputError as error:
        return _complain(str(error))
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` for example, has had enough
        sys.stderr.close()
        return 0
    except Exception as error:
        if is_disk_full(error):
            return _complain(f"The disk is full ({error}). Free some space and try again.")
        if isinstance(error, PermissionError) and error.filename:
            return _complain(
                f"{error.filename} cannot be opened ({error.strerror}); change its permissions or its name."
            )
        raise
    return 0


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning in a sentence, without the line of code that it came from."""
    print(f"hf-seq: {message}", file=sys.stderr)


def _complain(message: str) -> int:
    print(f"hf-seq: {message}", file=sys.stderr)
    return 2


def _dispatch(arguments: list[str]) -> None:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in RECIPE_VERBS and not {"-h", "--help"} & set(rest):
        _recipe_verb(verb)(rest)
    else:
        app(arguments)


def _recipe_verb(verb: str) -> Callable[[list[str]], Any]:
    if verb == "train":
        from hf_seq.training.train_classifier import main as train_main

        return train_main
    from hf_seq.training.compare import main as compare_main

    return compare_main


def with_underscores(arguments: Sequence[str]) -> list[str]:
    """`--max-length=3` -> `--max_length=3`: flags may be written both ways; what follows a lone `--` is left alone."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*map(_one_spelling, arguments[:end]), *arguments[end:]]


def _one_spelling(word: str) -> str:
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    owner, dot, field = name.rpartition(".")  # of `--bilstm-attention.hidden-size`, the owner is a model's name
    return f"--{owner}{dot}{field.replace('-', '_')}{equals}{value}"


Data = Annotated[
    str, typer.Argument(help="Hub id, file (csv tsv jsonl parquet txt), folder of splits, or builtin:reviews.")
]
Model = Annotated[str, typer.Argument(help="Folder that `hf-seq train` wrote, or a Hub id.")]
TextColumn = Annotated[str | None, typer.Option("--text_column", help="Column of the text, if it is not plain.")]
LabelColumn = Annotated[str | None, typer.Option("--label_column", help="Column of the label, if it is not plain.")]
Config = Annotated[str | None, typer.Option("--config", help="Configuration of a Hub data set.")]
Revision = Annotated[str | None, typer.Option("--revision", help="Revision of a Hub data set.")]
BatchSize = Annotated[int, typer.Option("--batch_size", min=1, help="Texts that share a batch.")]


@app.command(rich_help_panel="Before")
def check(
    data: Data,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    config: Config = None,
    revision: Revision = None,
    max_length: Annotated[int, typer.Option("--max_length", min=1, help="Tokens of a text a model would read.")] = 256,
    tokenizer: Annotated[
        str | None, typer.Option(help="Folder or Hub id of a tokenizer; absent: one is trained on the train split.")
    ] = None,
) -> None:
    """Look a data set over before training: what makes training impossible, and what makes it doubtful.

    Ends with exit code 2 if training is impossible.

    Examples:
    hf-seq check builtin:reviews

    hf-seq check reviews.csv --text_column body --label_column stars
    """
    from hf_seq.data import check_splits, load_splits
    from hf_seq.text import train_tokenizer

    splits = load_splits(
        data, text_column=text_column, label_column=label_column, config=config, revision=revision, strict=False
    )
    chosen: Any = _load_tokenizer(tokenizer) if tokenizer else None
    if chosen is None:
        try:
            chosen = train_tokenizer(filter(None, splits.train["text"]))
        except InputError as error:
            print(f"lengths are counted in words: {error}")
    report = check_splits(splits, tokenizer=chosen, max_length=max_length)
    print(report.render())
    if report.errors:
        raise typer.Exit(2)


def _load_tokenizer(path: str) -> Any:
    from transformers import AutoTokenizer

    from hf_seq.training.architectures import hub_errors_explained

    return hub_errors_explained(path, AutoTokenizer.from_pretrained, path)


def _train_help(**flags: Any) -> None:
    """Train one model, and write its folder: weights, tokenizer, recipe, record, curves.

    Every flag is also a key of a YAML recipe, and may be written with dashes.
    Every other flag of transformers.TrainingArguments works too.

    Examples:
    hf-seq train --data builtin:reviews --model bilstm

    hf-seq train --recipe sst2-bilstm --data path/to/sst2 --hidden_size 128 --output_dir runs/sst2

    hf-seq train --resume --output_dir runs/sst2
    """
    raise AssertionError("main() sends `train` to training/train_classifier.py; typer only shows this help")


def _recipe_parameters() -> list[inspect.Parameter]:
    """The flags of a recipe as typer shows them, made from the recipe's own fields."""
    from hf_seq.training.recipe import TRAINING_HELP, panels

    shown = [_shown_flag("recipe", "Recipe", "YAML file, or the name of one of ours, such as sst2-bilstm.", None)]
    by_panel = panels()
    run = by_panel.pop("Run")
    for panel, members in by_panel.items():
        shown += [_shown_flag(each.name, panel, each.metadata["help"], each.default) for each in members]
    shown += [_shown_flag(name, "Training", text, None) for name, text in TRAINING_HELP.items()]
    return shown + [_shown_flag(each.name, "Run", each.metadata["help"], each.default) for each in run]


def _shown_flag(name: str, panel: str, help_text: str, default: Any) -> inspect.Parameter:
    shown = None if default is None or default is False or default == "" else str(default).lower()
    option = typer.Option(
        f"--{name}", help=help_text, rich_help_panel=panel, metavar="" if default is False else "VALUE"
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=Annotated[str | None, option]
    )


def _compare_help(**flags: Any) -> None:
    """Train or fit several models on the same rows and put them in one honest table.

    Leaves in the output folder: the table, report.html, and for every model
    a folder that from_pretrained loads, with its record. Run it again to go
    on where it was interrupted.

    Every flag of `hf-seq train` works too: those of the data go to all models,
    the others to those trained from scratch, --MODEL.flag VALUE to one model.

    Examples:
    hf-seq compare --data builtin:reviews --output runs/reviews

    hf-seq compare --data path/to/sst2 --models tfidf,bilstm,distilbert --seeds 0,1,2 --output runs/sst2

    hf-seq compare --data my.csv --output runs/my --num_train_epochs 3 --transformer.learning_rate 1e-3
    """
    raise AssertionError("main() sends `compare` to training/compare.py; typer only shows this help")


def _compare_parameters() -> list[inspect.Parameter]:
    from dataclasses import fields

    from hf_seq.training.compare_options import CompareOptions

    shown = (each for each in fields(CompareOptions) if each.name != "groups")
    return [_shown_flag(each.name, "Compare", each.metadata["help"], each.default) for each in shown]


def _show_flags(verb: Callable[..., None], parameters: list[inspect.Parameter]) -> Callable[..., None]:
    """Give a function the signature that typer makes its help from."""
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {each.name: each.annotation for each in parameters}
    return verb


app.command("train", rich_help_panel="Work")(_show_flags(_train_help, _recipe_parameters()))
app.command("compare", rich_help_panel="Work")(_show_flags(_compare_help, _compare_parameters()))


@app.command(rich_help_panel="Work")
def evaluate(
    model: Model,
    data: Annotated[
        str | None, typer.Option(help="As for train; absent: the data that the model's record names.")
    ] = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    config: Config = None,
    revision: Revision = None,
    batch_size: BatchSize = 64,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write record.json and predictions.jsonl to; must not be in use.")
    ] = None,
) -> None:
    """Score a trained model on labelled data, with a 95 % interval; the record is printed as JSON.

    Examples:
    hf-seq evaluate runs/reviews-bilstm

    hf-seq evaluate runs/reviews-bilstm --data new.csv --split test --output runs/on-new
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.training.evaluate_classifier import evaluate as run

    disable_progress_bar()
    record = run(
        model,
        data,
        split=split,
        text_column=text_column,
        label_column=label_column,
        config=config,
        revision=revision,
        batch_size=batch_size,
        output=output,
    )
    keep = ("model", "data", "split", "metric", "score", "interval", "n", "metrics", "signature")
    print(json.dumps({key: value for key, value in vars(record).items() if key in keep}, indent=2, ensure_ascii=False))


@app.command(rich_help_panel="Work")
def predict(
    model: Model,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; absent: one per line from --file or stdin.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Text file, one text a line, or .jsonl with a field `text`.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write there instead of stdout; must not exist.")] = None,
    batch_size: BatchSize = 64,
    bf16: Annotated[
        bool, typer.Option("--bf16", help="Compute in bfloat16 (fast where the processor has AMX).")
    ] = False,
) -> None:
    """Label texts: one JSON object per text on a line, in the order of the input, while the input is being read.

    Examples:
    hf-seq predict runs/reviews-bilstm "not bad at all"

    cat reviews.txt | hf-seq predict runs/reviews-bilstm > labels.jsonl

    hf-seq predict runs/reviews-bilstm --file reviews.jsonl --output labels.jsonl
    """
    if texts and file:
        raise InputError("Texts were given both as arguments and with --file; give one of them.")
    if output is not None and output.exists():
        raise InputError(f"--output {output} exists; choose another name, or delete it first.")
    if output is not None and not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}; make it, or choose another.")
    if file is not None and not file.is_file():
        raise InputError(f"--file {file} does not exist.")
    predictor = _load_predictor(model, batch_size=batch_size, bf16=bf16)
    window = None if texts or file else batch_size  # whoever writes to stdin may be waiting for an answer
    opened = output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout)
    with warnings.catch_warnings(), opened as sink:
        warnings.showwarning = _show_warning
        _write_predictions(predictor.predict(texts or _read_texts(file), window=window), sink)


def _write_predictions(answers: Iterable[dict[str, Any]], sink: IO[str]) -> None:
    for answer in answers:
        sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sink.flush()


def _read_texts(file: Path | None) -> Iterator[str]:
    """One text per line of a file or of stdin; of a .jsonl the field `text`.

    Raises:
        InputError: bytes that are not UTF-8, or a line of jsonl without a text.
    """
    is_jsonl = file is not None and file.suffix == ".jsonl"
    name = str(file) if file is not None else "stdin"
    with file.open("rb") if file is not None else nullcontext(sys.stdin.buffer) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
                yield json.loads(text)["text"] if is_jsonl else text
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name}, line {number} is not UTF-8 ({error}); convert it, e.g. with iconv."
                ) from error
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f'{name}, line {number} is no JSON object with a field "text" ({error}).') from error


if __name__ == "__main__":
    sys.exit(main())
