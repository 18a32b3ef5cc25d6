# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the outputs mean, as tables: labels, values, tags with their path, guesses for masks, tokens written.

B rows · T steps · L labels · V vocabulary
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from hf_seq.predictors.kinds import kind_of_model
from hf_seq.predictors.text import THRESHOLDS, checked_thresholds
from hf_seq.tracing.inputs import TraceInput
from hf_seq.tracing.record import Step, Table

MOST = 10
"""Labels or guesses that are listed."""
HEADS = {
    "Predictor": "sequence",
    "SeriesPredictor": "sequence",
    "AudioPredictor": "sequence",
    "EventPredictor": "sequence",
    "NextEventPredictor": "token",
    "TaggingPredictor": "token",
    "SeriesTagger": "token",
    "MaskedLanguageModel": "masked",
    "ForecastPredictor": "none",
    "LanguageModel": "causal",
    "Translator": "seq2seq",
}
"""The answer that is read of a kind of model, by the predictor of the kind."""


def head_of(model: Any) -> str:
    """Return the kind of head: `sequence`, `token`, `masked`, `causal`, `seq2seq`, or `none`."""
    kind = kind_of_model(model)
    if kind is not None:
        return HEADS[kind.predictor]
    writes = getattr(model.config, "is_encoder_decoder", False) and getattr(model, "can_generate", lambda: False)()
    return "seq2seq" if writes else "none"


def read_answer(model: Any, tokenizer: Any, prepared: TraceInput, outputs: Any, written: Any) -> list[Table]:
    """Return tables of the answer.

    Args:
        model: whose labels or vocabulary name the scores.
        tokenizer: to name tokens.
        prepared: the input.
        outputs: of the forward pass.
        written: of `generate`, where the model writes.
    """
    if outputs is None:  # the model stopped with an error
        return []
    logits: Any = getattr(outputs, "logits", None)
    head = head_of(model)
    makers: dict[str, Callable[[], Iterator[Table]]] = {
        "sequence": lambda: _labels(model.config, prepared, logits.float()),
        "token": lambda: _tags(model.config, prepared, logits.float(), getattr(outputs, "best_path", None)),
        "masked": lambda: _guesses(tokenizer, prepared, logits.float()),
        "causal": lambda: _written(tokenizer, prepared, written),
        "seq2seq": lambda: _written(tokenizer, prepared, written),
    }
    if head not in makers or (logits is None and head != "causal"):
        return []
    return list(makers[head]())


def label_names(config: Any) -> list[str]:
    """Return names of the labels, in order."""
    return [str(config.id2label[index]) for index in range(config.num_labels)]


def probabilities(logits: Tensor, config: Any) -> Tensor | None:
    """Return (..., L) probabilities; None for regression."""
    if config.problem_type == "regression":
        return None
    several = config.problem_type == "multi_label_classification" or logits.shape[-1] == 1
    return logits.sigmoid() if several else logits.softmax(-1)


def answered(scores: Tensor, config: Any) -> list[int]:
    """List the labels that a model answers with, given scores (L,): by its own thresholds if it has some."""
    own = checked_thresholds(getattr(config, THRESHOLDS, None), len(scores))
    if config.problem_type == "multi_label_classification":
        return torch.nonzero(scores > scores.new_tensor(own or [0.5] * len(scores)))[:, 0].tolist()
    return [int((scores - scores.new_tensor(own or [0.0] * len(scores))).argmax())]


def _row(index: int, rows: int) -> str:
    return f", row {index + 1}" if rows > 1 else ""


def _labels(config: Any, prepared: TraceInput, logits: Tensor) -> Iterator[Table]:
    names, scores = label_names(config), probabilities(logits, config)
    for row, each in enumerate(logits):
        if scores is None:
            values = [(name, f"{value:.4g}") for name, value in zip(names, each.tolist(), strict=True)]
            yield Table(f"Values{_row(row, len(logits))}", ("name", "value"), values)
            continue
        order = scores[row].argsort(descending=True, stable=True).tolist()
        lines = [(names[i], f"{each[i]:.3f}", f"{scores[row, i]:.4f}") for i in order[:MOST]]
        note = f"{len(order) - MOST} more labels are less probable." if len(order) > MOST else ""
        if getattr(config, THRESHOLDS, None) is not None:
            chosen = ", ".join(names[i] for i in answered(scores[row], config)) or "no label"
            note = f"By the thresholds that were saved with the model the answer is {chosen}. {note}".strip()
        elif config.problem_type == "multi_label_classification":
            note = f"Each label is asked for by itself; those over 0.5 are the answer. {note}".strip()
        yield Table(f"Labels{_row(row, len(logits))}", ("label", "logit", "probability"), lines, note)


def _tags(config: Any, prepared: TraceInput, logits: Tensor, path: Tensor | None) -> Iterator[Table]:
    names, scores = label_names(config), logits.softmax(-1)
    for row, steps in enumerate(prepared.steps):
        lines, differ = [], 0
        for position, step in enumerate(steps):
            if step.kind == "padding":
                continue
            best = int(scores[row, position].argmax())
            line: tuple[str, ...] = (
                str(position),
                step.text,
                names[best],
                f"{logits[row, position, best]:.3f}",
                f"{scores[row, position, best]:.4f}",
            )
            if path is not None:
                chosen = int(path[row, position])
                differ += chosen >= 0 and chosen != best
                line = (*line, names[chosen] if chosen >= 0 else "–")
            lines.append(line)
        columns: tuple[str, ...] = ("step", "token", "best tag by itself", "logit", "probability")
        note = ""
        if path is not None:
            columns = (*columns, "on the best path")
            note = (
                "The best path is the answer: the CRF weighs which tag may follow which, word by word. "
                f"It differs from the best tags by themselves at {differ} step{'' if differ == 1 else 's'}."
            )
        yield Table(f"Tags{_row(row, len(prepared.steps))}", columns, lines, note)


def _guesses(tokenizer: Any, prepared: TraceInput, logits: Tensor) -> Iterator[Table]:
    mask_id = getattr(tokenizer, "mask_token_id", None)
    for row, steps in enumerate(prepared.steps):
        masked = [position for position, step in enumerate(steps) if step.id == mask_id is not None]
        positions = masked or [position for position, step in enumerate(steps) if step.kind in ("known", "unknown")]
        scores = logits[row].softmax(-1)
        lines = []
        for position in positions:
            top = scores[position].topk(min(5, scores.shape[-1]))
            lines.append((str(position), steps[position].text, _with_scores(tokenizer, top.indices, top.values)))
        note = (
            ""
            if masked
            else f"The text has no {getattr(tokenizer, 'mask_token', '[MASK]')}; put one where it should guess."
        )
        yield Table(f"Guesses{_row(row, len(prepared.steps))}", ("step", "token", "most probable"), lines, note)


def _written(tokenizer: Any, prepared: TraceInput, written: Any) -> Iterator[Table]:
    if written is None or not written.scores:
        return
    tokens = written_tokens(written)
    for row in range(tokens.shape[0]):
        lines = []
        for position, scores in enumerate(written.scores):
            token = int(tokens[row, position])
            shares = scores[row].float().softmax(-1)
            top = shares.topk(min(3, shares.shape[-1]))
            lines.append(
                (
                    str(position),
                    name_token(tokenizer, token),
                    f"{shares[token]:.4f}",
                    _with_scores(tokenizer, top.indices, top.values),
                )
            )
            if token in _endings(tokenizer, written):
                break
        text = tokenizer.decode(tokens[row], skip_special_tokens=True) if tokenizer is not None else ""
        note = f"Greedy, one token at a time. As text: {text!r}" if text else "Greedy, one token at a time."
        yield Table(
            f"Tokens written{_row(row, tokens.shape[0])}",
            ("step", "token", "probability", "most probable"),
            lines,
            note,
        )


def written_tokens(written: Any) -> Tensor:
    """Return the tokens (B, new) that `generate` added."""
    return written.sequences[:, -len(written.scores) :]


def written_steps(tokenizer: Any, ids: Tensor, mask: Tensor) -> list[list[Step]]:
    """Return tokens that a decoder reads, (B, T), as steps."""
    special = set(getattr(tokenizer, "all_special_ids", ()))
    return [
        [
            Step(
                name_token(tokenizer, each),
                each,
                "padding" if not is_real else "special" if each in special else "known",
            )
            for each, is_real in zip(row, row_real, strict=True)
        ]
        for row, row_real in zip(ids.tolist(), mask.tolist(), strict=True)
    ]


def name_token(tokenizer: Any, token_id: int) -> str:
    """Return the token of an id; the id itself where no tokenizer knows it."""
    name = tokenizer.convert_ids_to_tokens(token_id) if hasattr(tokenizer, "convert_ids_to_tokens") else None
    return str(token_id) if name is None else str(name)


def _endings(tokenizer: Any, written: Any) -> set[int]:
    return {
        each
        for each in (getattr(tokenizer, "eos_token_id", None), getattr(tokenizer, "pad_token_id", None))
        if each is not None
    }


def _with_scores(tokenizer: Any, ids: Tensor, scores: Tensor) -> str:
    return " · ".join(
        f"{name_token(tokenizer, int(i))} {score:.3f}" for i, score in zip(ids, scores.tolist(), strict=True)
    )
