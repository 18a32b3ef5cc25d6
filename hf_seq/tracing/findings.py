# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What looks wrong in a trace, a sentence each and a remedy: the input here, the model's numbers in `numbers.py`."""

import difflib
from collections.abc import Iterator
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number
from hf_seq.tracing import answers, numbers
from hf_seq.tracing.capture import Recorder
from hf_seq.tracing.inputs import TraceInput
from hf_seq.tracing.record import Finding, Table, TraceData

MANY_UNKNOWN = 0.5
"""Share of unknown tokens from which on a row is pointed at."""


def find(
    trace: TraceData, model: Any, tokenizer: Any, prepared: TraceInput, recorder: Recorder, label: Any
) -> list[Finding]:
    """List everything suspicious, the input first."""
    found = [
        *_stopped(trace, recorder),
        *_padding(prepared),
        *_unmasked_padding(prepared, model.config, tokenizer),
        *_unknown(prepared, tokenizer),
        *_other_case(prepared, tokenizer),
        *_truncated(prepared),
        *_positions(model, tokenizer, prepared),
        *numbers.find(trace, model, recorder),
    ]
    if label is not None:
        found += _gold(trace, model.config, label, answers.head_of(model))
    return found


def _where(row: int, prepared: TraceInput) -> str:
    return f"Row {row + 1}" if len(prepared.steps) > 1 else "The input"


def _stopped(trace: TraceData, recorder: Recorder) -> Iterator[Finding]:
    if trace.failure is None:
        return
    at = recorder.open[-1].name if recorder.open else "generate"
    advice = "Read the error; the stages before it show what went in."
    if "IndexError" in trace.failure or "out of range" in trace.failure or "outside" in trace.failure:
        advice = "Use the model's own tokenizer, and no more steps than it has positions: an id is larger than a table."
    yield Finding("stopped", f"The forward pass stopped in {at}: {trace.failure.rstrip('.')}.", advice)


def _padding(prepared: TraceInput) -> Iterator[Finding]:
    for row, steps in enumerate(prepared.steps):
        real = [step for step in steps if step.kind != "padding"]
        if not real:
            yield Finding(
                "all padding",
                f"{_where(row, prepared)} is padding from end to end, so its answer says nothing about any input.",
                "Look for an empty text or a mask of zeros where the batch is made.",
            )
        elif all(step.kind == "special" for step in real) and prepared.texts:
            yield Finding(
                "no content",
                f"{_where(row, prepared)} holds nothing but tokens that the tokenizer adds by itself.",
                "Look for an empty text, or for characters that the tokenizer removes.",
            )


def _unmasked_padding(prepared: TraceInput, config: Any, tokenizer: Any) -> Iterator[Finding]:
    """Yield padding that no mask hides: ids of the padding token, or zeros behind the shorter series of a batch."""
    pad = getattr(config, "pad_token_id", None)
    pad = getattr(tokenizer, "pad_token_id", None) if pad is None else pad
    shared = pad in {getattr(config, name, None) for name in ("eos_token_id", "bos_token_id", "sep_token_id")}
    series = prepared.tensors.get("input_values") if "attention_mask" not in prepared.tensors else None
    for row, steps in enumerate(prepared.steps):
        if series is not None:
            count = _zeros_at_the_end(series[row]) if len(prepared.steps) > 1 else 0
            what, reads = f"{count} steps of zeros at its end", "reads them as values"
        else:
            count = sum(pad is not None and step.id == pad and step.kind != "padding" for step in steps)
            count = 0 if shared and count < 2 else count  # one of them may be the end of the text
            what, reads = f"{count} padding token{'' if count == 1 else 's'} (id {pad})", "reads them as words"
        if count:
            yield Finding(
                "unmasked padding",
                f"{_where(row, prepared)} has {what} that no mask hides, so the model {reads}.",
                "Give the model the attention_mask of the tokenizer or feature extractor along with its other output.",
            )


def _zeros_at_the_end(series: Any) -> int:
    """Count the steps of nothing but zeros at the end of a series (T, F) that holds other steps before them."""
    silent = (series == 0).all(-1).flip(0).int()  # (T,)
    count = int(silent.cumprod(0).sum())
    return 0 if count == len(series) else count


def _unknown(prepared: TraceInput, tokenizer: Any) -> Iterator[Finding]:
    what = "tokens are unknown to the tokenizer" if tokenizer is not None else "steps have missing numbers"
    advice = (
        "Use the tokenizer that the model was trained with, or train on texts of this kind (language, spelling)."
        if tokenizer is not None
        else "Look at the sensor or the file; the model was given a substitute for the missing numbers, if any."
    )
    for row, steps in enumerate(prepared.steps):
        read = [step for step in steps if step.kind in ("known", "unknown")]
        unknown = sum(step.kind == "unknown" for step in read)
        if read and unknown / len(read) >= MANY_UNKNOWN:
            share = f"All {unknown}" if unknown == len(read) else f"{unknown} of {len(read)}"
            yield Finding(
                "unknown",
                f"{_where(row, prepared)}: {share} {what}, so the model sees no difference between them.",
                advice,
            )


def _other_case(prepared: TraceInput, tokenizer: Any) -> Iterator[Finding]:
    """Check whether the tokenizer would know the text better in small letters, or in capitals."""
    if tokenizer is None:
        return
    for row, text in enumerate(prepared.texts):
        now = _badness(tokenizer, text)
        for name, other in (("lower case", text.lower()), ("upper case", text.upper())):
            if other == text:
                continue
            unknown, pieces = _badness(tokenizer, other)
            if unknown < now[0] or (unknown == now[0] and sum(map(str.isalpha, text)) >= 8 and 1.5 * pieces <= now[1]):
                better = (
                    f"{now[0] - unknown} unknown tokens fewer"
                    if unknown < now[0]
                    else f"{pieces} tokens in place of {now[1]}"
                )
                yield Finding(
                    "other case",
                    f"{_where(row, prepared)} is written in another case than the tokenizer's vocabulary: in {name} it "
                    f"would have {better}.",
                    f"Bring the text to {name} before the model reads it, or train a tokenizer that does.",
                )
                break


def _badness(tokenizer: Any, text: str) -> tuple[int, int]:
    """Count unknown tokens, and tokens in all."""
    ids = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
    return ids.count(tokenizer.unk_token_id), len(ids)


def _truncated(prepared: TraceInput) -> Iterator[Finding]:
    for row, (steps, whole) in enumerate(zip(prepared.steps, prepared.full_lengths, strict=True)):
        kept = sum(step.kind != "padding" for step in steps)
        if kept < whole and len(steps) < whole:
            yield Finding(
                "truncated",
                f"{_where(row, prepared)} has {whole:,} steps, but the model read {kept:,}: {whole - kept:,} were cut.",
                "Shorten the text, split it, or train with a larger max_length.",
            )


def _positions(model: Any, tokenizer: Any, prepared: TraceInput) -> Iterator[Finding]:
    limit, source = _trained_positions(model, tokenizer)
    longest = int(prepared.mask.sum(1).max())
    if limit is not None and longest > limit:
        yield Finding(
            "positions",
            f"The input has {longest:,} steps, but {source}; the steps after that stand where the model never saw one.",
            "Truncate it, or train with longer texts.",
        )


def _trained_positions(model: Any, tokenizer: Any) -> tuple[int | None, str]:
    """Find how many positions the model was trained on, as far as it tells."""
    for name, module in model.named_modules():
        rows = getattr(module, "num_embeddings", None)
        if rows is not None and "position" in name and "relative" not in name:
            offset = getattr(module, "padding_idx", None)
            return rows - (0 if offset is None else offset + 1), f"{name} is a table of {rows:,} positions"
    longest = getattr(tokenizer, "model_max_length", None)
    if longest is not None and longest < 1_000_000_000:
        return int(longest), f"its tokenizer says that it was trained on at most {longest:,} (model_max_length)"
    return None, ""


def _gold(trace: TraceData, config: Any, label: Any, head: str) -> list[Finding]:
    """Compare with a gold label; the comparison goes into the answer, an unknown label into the findings."""
    if head not in ("sequence", "token"):
        raise InputError(f"label={label!r}: this model ({trace.model}) gives no labels; leave it out.")
    if config.problem_type == "regression":
        return _gold_value(trace, label)
    given = [str(each) for each in label] if isinstance(label, list | tuple) else str(label).split()
    if head == "sequence":
        several = config.problem_type == "multi_label_classification"
        one = [str(label)] if not isinstance(label, list | tuple) else given
        given = [part.strip() for each in one for part in each.split(",")] if several else one
    names = answers.label_names(config)
    ids = [_id_of(each, names) for each in given]
    strange = [each for each, found in zip(given, ids, strict=True) if found is None]
    if strange:
        return [_strange_label(each, names) for each in dict.fromkeys(strange)]
    if trace.outputs is not None:
        known = [each for each in ids if each is not None]
        trace.answer.append(
            _compare_one(trace, config, known, names) if head == "sequence" else _compare_tags(trace, known, names)
        )
    return []


def _id_of(label: str, names: list[str]) -> int | None:
    if label in names:
        return names.index(label)
    number = whole_number(label)
    return number if number is not None and number < len(names) else None


def _strange_label(label: str, names: list[str]) -> Finding:
    near = difflib.get_close_matches(label, names, 1, 0.5) or [each for each in names if each.lower() == label.lower()]
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return Finding(
        "label",
        f"The gold label {label!r} is none of the model's {len(names)} labels ({shown}): no answer can be right.{hint}",
        "Map the label to one of these, or train a model that has it.",
    )


def _gold_value(trace: TraceData, label: Any) -> list[Finding]:
    try:
        gold = float(label)
    except (TypeError, ValueError) as error:
        raise InputError(f"label={label!r}: this model gives a number; give one.") from error
    if trace.outputs is not None:
        rows = [(f"{gold:g}", f"{float(row[0]):.4g}", f"{float(row[0]) - gold:+.4g}") for row in trace.outputs.logits]
        trace.answer.append(Table("Against the gold value", ("gold", "answer", "difference"), rows))
    return []


def _compare_one(trace: TraceData, config: Any, gold: list[int], names: list[str]) -> Table:
    scores = answers.probabilities(trace.outputs.logits.float(), config)
    assert scores is not None  # regression went another way
    rows = []
    for each in scores:
        chosen = answers.answered(each, config)
        for index in gold:
            rank = int((each > each[index]).sum()) + 1
            rows.append((names[index], f"{each[index]:.4f}", str(rank), "right" if index in chosen else "wrong"))
    return Table("Against the gold label", ("gold", "its probability", "rank", "answer"), rows)


def _compare_tags(trace: TraceData, gold: list[int], names: list[str]) -> Table:
    """Give the gold tags to the steps in order: those of the best path, else those that are not special tokens."""
    path = getattr(trace.outputs, "best_path", None)
    steps = trace.steps[0]
    if path is not None:
        positions = [position for position in range(len(steps)) if int(path[0, position]) >= 0]
    else:
        positions = [position for position, step in enumerate(steps) if step.kind in ("known", "unknown")]
    if len(gold) != len(positions):
        raise InputError(f"label names {len(gold)} tags, but the model tags {len(positions)} steps; give one for each.")
    chosen = trace.outputs.logits.argmax(-1) if path is None else path
    rows = []
    for position, index in zip(positions, gold, strict=True):
        predicted = int(chosen[0, position])
        rows.append((steps[position].text, names[index], names[predicted], "right" if predicted == index else "wrong"))
    return Table("Against the gold tags", ("token", "gold", "answer", ""), rows)
