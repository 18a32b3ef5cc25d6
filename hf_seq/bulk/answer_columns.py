# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The columns that answers become: what they are called beside those of the input, and of which type they are.

Types are told by the name of a part of an answer, not by the first values, of which any may be empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from hf_seq.errors import InputError

ECHOES = frozenset({"text", "source"})
"""Parts of an answer that repeat its input."""
PREFIX = "predicted_"
_PIECE = pa.struct(
    [("label", pa.string()), ("score", pa.float64()), ("text", pa.string()), ("start", pa.int64()), ("end", pa.int64())]
)
_TYPES = {
    "label": pa.string(),
    "labels": pa.list_(pa.string()),
    "scores": pa.list_(pa.float64()),
    "hand_over": pa.bool_(),
    "truncated": pa.bool_(),
    "entities": pa.list_(_PIECE),
    "tags": pa.list_(pa.string()),
    "nats_per_character": pa.float64(),
    "perplexity": pa.float64(),
    "target": pa.string(),
    "finished": pa.bool_(),
    "filled": pa.list_(pa.list_(pa.struct([("token", pa.string()), ("score", pa.float64())]))),
}
_FLAGS = ("hand_over", "truncated")
"""Parts of an answer that are there only where they hold."""


@dataclass(frozen=True)
class AnswerColumns:
    """The columns of answers.

    Attributes:
        parts: of the answers, in order.
        types: one each.
        prefix: what stands before their names in the output.
    """

    parts: Sequence[str]
    types: Sequence[pa.DataType]
    prefix: str = ""

    @property
    def names(self) -> list[str]:
        """What they are called in the output."""
        return [self.prefix + part for part in self.parts]

    @property
    def fields(self) -> list[pa.Field]:
        """Their names and types, for Arrow."""
        return list(map(pa.field, self.names, self.types))

    def row(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Give one answer under the names of the output, the same ones for every row."""
        values = [answer.get(part, False if part in _FLAGS else None) for part in self.parts]
        return dict(zip(self.names, values, strict=True))

    def arrays(self, answers: Sequence[Mapping[str, Any]]) -> list[pa.Array]:
        """Give the columns of some answers, for Arrow."""
        rows = [self.row(answer) for answer in answers]
        return [pa.array([row[name] for row in rows], kind) for name, kind in zip(self.names, self.types, strict=True)]


def answer_columns(predictor: Any, answers: Sequence[Mapping[str, Any]], taken: Sequence[str]) -> AnswerColumns:
    """Tell the columns of a model's answers by a few of them.

    Args:
        predictor: the model.
        answers: some.
        taken: columns of the input; where one has the name of an answer, `predicted_` stands before all answers.

    Raises:
        InputError: the input has the columns of an earlier prediction, too.
    """
    parts = list(dict.fromkeys(part for answer in answers for part in answer if part not in ECHOES | {*_FLAGS}))
    if getattr(predictor, "answer_threshold", None) is not None:
        parts.append("hand_over")
    if not {"entities", "tokens", "target", "perplexity"} & {*parts}:
        parts.append("truncated")
    types = [_type_of(part, [answer.get(part) for answer in answers], predictor) for part in parts]
    for prefix in ("", PREFIX):
        found = AnswerColumns(parts, types, prefix)
        if not {*found.names} & {*taken}:
            return found
    both = next(name for name in found.names if name in taken)
    raise InputError(f"The shards have a column {both!r} already, as a prediction would; rename it, or leave it out.")


def _type_of(part: str, values: Sequence[Any], predictor: Any) -> pa.DataType:
    if part == "probabilities":
        return pa.struct([(name, pa.float64()) for name in predictor.label_names])
    nested = any(isinstance(value, list) for value in values)
    if part == "score":
        return pa.list_(pa.float64()) if nested else pa.float64()
    if part == "tokens":
        return pa.list_(_PIECE) if nested else pa.int64()
    return _TYPES.get(part) or pa.array(values).type
