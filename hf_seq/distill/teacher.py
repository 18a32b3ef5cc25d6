# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A teacher: any sequence or token classifier of transformers, asked once about every text.

B batch · T steps, padding included · N texts · W answers: one a text, or one a word · L labels · H hidden size
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hf_seq.data.batching import IGNORED, pad_ids
from hf_seq.distill.shards import digest, digest_file
from hf_seq.errors import InputError
from hf_seq.files.pretrained import find_pretrained
from hf_seq.predictors.loading import load_any
from hf_seq.tasks.token_states import autocast
from hf_seq.text import encode_texts, encode_words
from hf_seq.text.two_texts import are_pairs, can_read_pairs

HEADS = {False: ("ForSequenceClassification", "classifies texts"), True: ("ForTokenClassification", "tags words")}
"""How the class of a teacher's model ends, and what it does, by whether it answers for each word."""
BATCH_TOKENS = 4_096
LARGEST_BATCH = 256
Text = str | Sequence[str]
Rows = list[list[int]]


@dataclass
class Teacher:
    """A model in evaluation mode with its tokenizer, and how it is asked.

    Attributes:
        name: as the user gave it.
        folder: where its files lie.
        model: of transformers.
        tokenizer: its own.
        per_word: whether it answers for each word, not for each text.
        order: for each label of the data its number in the teacher.
        max_length: tokens of a text that it reads.
        bf16: run under bfloat16 autocast.
        hidden: whether its last hidden states are wanted, too.
        exact: whether answers are kept as float32: half precision ends at 65,504, and tells no two years apart.
        key: changes when weights, tokenizer or the way it is asked do.
    """

    name: str
    folder: Path
    model: Any
    tokenizer: Any
    per_word: bool
    order: list[int]
    max_length: int
    bf16: bool = False
    hidden: bool = False
    exact: bool = False
    key: str = ""

    def ask(self, texts: Sequence[Text]) -> dict[str, NDArray[Any]]:
        """Answer for N texts, batches of similar length inside.

        Args:
            texts: texts, or for tagging lists of words.

        Returns:
            `logits` (W, L) float16, of numbers float32; `counts` (N,) answers of each text; and `hidden` (W, H) float16
            where wanted: of a word the state of its first piece, of a text the mean over its tokens.
        """
        rows, places, types = self._encode(texts)
        answers: list[tuple[NDArray[Any], NDArray[Any]] | None] = [None] * len(rows)
        order = sorted(range(len(rows)), key=lambda row: -len(rows[row]))
        with torch.inference_mode():
            for batch in _batches(order, [len(row) for row in rows]):
                for row, answer in zip(batch, self._answer(rows, places, types, batch), strict=True):
                    answers[row] = answer
        logits, hidden = zip(*(answer for answer in answers if answer is not None), strict=True)
        outputs = {"logits": np.concatenate(logits)[:, self.order], "counts": np.array([len(each) for each in logits])}
        outputs["counts"] = outputs["counts"].astype(np.int32)
        return outputs | ({"hidden": np.concatenate(hidden)} if self.hidden else {})

    def _encode(self, texts: Sequence[Text]) -> tuple[Rows, Rows | None, Rows | None]:
        """Encode each text to ids; for tagging with the first piece of each word, of two texts with which is which."""
        if not self.per_word:
            read = encode_texts(texts, self.tokenizer, self.max_length)  # type: ignore[arg-type]
            return read.input_ids, None, read.type_ids
        encoded = encode_words(texts, None, self.tokenizer, self.max_length)
        places = [[place for place, word in enumerate(row) if word != IGNORED] for row in encoded.labels]
        return encoded.input_ids, places, None

    def _answer(
        self, rows: Rows, places: Rows | None, types: Rows | None, batch: list[int]
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        inputs = pad_ids([rows[row] for row in batch], self.tokenizer.pad_token_id)
        if types is not None:
            inputs["token_type_ids"] = pad_ids([types[row] for row in batch], 0)["input_ids"]
        inputs = {name: value.to(self.model.device) for name, value in inputs.items()}
        with autocast(self.model, self.bf16):
            outputs = self.model(**inputs, output_hidden_states=self.hidden)
        logits = _stored(outputs.logits, np.float32 if self.exact else np.float16)
        states = outputs.hidden_states[-1] if self.hidden else outputs.logits
        if places is None:
            kept = _stored(_mean(states, inputs["attention_mask"])) if self.hidden else logits
            yield from ((logits[index : index + 1], kept[index : index + 1]) for index in range(len(batch)))
            return
        kept = _stored(states)
        for index, row in enumerate(batch):
            yield logits[index, places[row]], kept[index, places[row]]


def load_teacher(
    name: str,
    per_word: bool,
    label_names: Sequence[str],
    problem_type: str,
    *,
    max_length: int = 256,
    bf16: bool = False,
    hidden: bool = False,
    device: str = "cpu",
) -> Teacher:
    """Load a teacher, and refuse one that does not fit the data before anything is done with it.

    Args:
        name: folder or Hub id.
        per_word: whether it is to answer for each word, not for each text.
        label_names: of the data.
        problem_type: of the data.
        max_length: tokens to read at most; less where the teacher reads less.
        bf16: ask under bfloat16 autocast, unless the answers are numbers.
        hidden: keep hidden states, too.
        device: to run on.

    Raises:
        InputError: there is no such model, or its head, labels or tokenizer do not fit; what differs is said.
    """
    folder = find_pretrained(name).path
    model, tokenizer = load_any(folder)
    head, does = HEADS[per_word]
    if not type(model).__name__.endswith(head) or tokenizer is None:
        raise InputError(
            f"The teacher {name} is a {type(model).__name__}; for {cache_name(per_word)} it must be one that {does}."
        )
    order = match_teacher_labels(name, model.config, label_names, problem_type)
    if tokenizer.pad_token_id is None:
        raise InputError(f"The tokenizer of the teacher {name} has no padding token; set one and save it.")
    longest = min(max_length, tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", max_length))
    exact = problem_type == "regression"
    bf16 = bf16 and not exact
    asked = (cache_name(per_word), list(order), longest, bf16, hidden, *["float32"] * exact)
    key = digest(sorted(map(digest_file, _files(folder))), *asked)
    return Teacher(name, folder, model.to(device), tokenizer, per_word, order, longest, bf16, hidden, exact, key)


def weights_key(folder: Path) -> str:
    """Return what changes when a teacher's weights or tokenizer do, wherever they lie."""
    return digest(sorted(map(digest_file, _files(folder))))


def cache_name(per_word: bool) -> str:
    """Name what is answered as the cache always has: kept answers stay valid."""
    return "tagging" if per_word else "classification"


def match_teacher_labels(name: str, config: Any, label_names: Sequence[str], problem_type: str) -> list[int]:
    """Find for each label of the data its number in the teacher; names match whatever their case.

    A teacher that names its labels LABEL_0, LABEL_1, ... goes by their numbers.

    Raises:
        InputError: the labels differ, or the teacher solves another kind of problem.
    """
    theirs = [str(config.id2label[index]) for index in range(config.num_labels)]
    kind = getattr(config, "problem_type", None)
    if kind is not None and problem_type not in (kind, "token_classification"):
        raise InputError(f"The teacher {name} was trained for {kind}, but the data are {problem_type}.")
    if problem_type == "regression":
        if config.num_labels != 1:
            raise InputError(f"The teacher {name} has {config.num_labels} outputs, but the data hold one number a row.")
        return [0]
    if [each.upper() for each in theirs] == [f"LABEL_{index}" for index in range(len(label_names))]:
        return list(range(len(label_names)))
    known = _numbers_of(theirs, label_names)
    missing = [each for each in label_names if each not in known]
    extra = [each for index, each in enumerate(theirs) if index not in known.values()]
    if missing or extra:
        raise InputError(
            f"The teacher {name} does not know the labels of the data: "
            + "; ".join(
                part
                for part in (
                    f"only the data have {', '.join(missing[:8])}" if missing else "",
                    f"only the teacher has {', '.join(extra[:8])}" if extra else "",
                )
                if part
            )
            + ". Give a teacher that was trained on these labels."
        )
    return [known[each] for each in label_names]


def _numbers_of(theirs: Sequence[str], ours: Sequence[str]) -> dict[str, int]:
    """Find the number of each of our labels among theirs: the one spelled alike, else the only one but for its case."""
    exact = {each: index for index, each in enumerate(theirs)}
    found = {each: exact[each] for each in ours if each in exact}
    left = [index for each, index in exact.items() if each not in found]
    for each in ours:
        alike = [index for index in left if theirs[index].casefold() == each.casefold()]
        if each not in found and len(alike) == 1:
            found[each] = alike[0]
            left.remove(alike[0])
    return found


def check_teacher_reads(teacher: Teacher, texts: Sequence[Text]) -> None:
    """Refuse a teacher whose tokenizer does not know the words of the data.

    Args:
        teacher: to be asked.
        texts: some of the data.

    Raises:
        InputError: more than a fifth of the tokens are unknown to it, or it does not part the two texts of a row.
    """
    if are_pairs(texts) and not can_read_pairs(teacher.tokenizer):
        raise InputError(
            f"The tokenizer of the teacher {teacher.name} puts nothing between two texts, and these data have two a "
            "row; give a teacher that was trained on pairs, or join them: --text_column FIRST SECOND."
        )
    unknown = teacher.tokenizer.unk_token_id
    rows, _, _ = teacher._encode(texts)
    total = sum(map(len, rows))
    share = sum(row.count(unknown) for row in rows) / max(1, total) if unknown is not None else 0.0
    if share > 0.2:
        raise InputError(
            f"The tokenizer of the teacher {teacher.name} does not know {share:.0%} of the tokens of the data, so its "
            "answers would be guesses; give a teacher for this language and writing."
        )


def _files(folder: Path) -> list[Path]:
    """List what decides a teacher's predictions."""
    found = [*folder.glob("*.safetensors"), folder / "config.json", *folder.glob("tokenizer*.json")]
    return [*found, *folder.glob("vocab.*"), *folder.glob("merges.txt"), *folder.glob("*.model")]


def _batches(order: list[int], lengths: list[int]) -> Iterator[list[int]]:
    """Yield rows, longest first, in batches of about `BATCH_TOKENS`."""
    start = 0
    while start < len(order):
        size = max(1, min(LARGEST_BATCH, BATCH_TOKENS // lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    """Average over the real steps: (B, T, H) to (B, H)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def _stored(values: Tensor, kind: type[np.floating[Any]] = np.float16) -> NDArray[Any]:
    return values.float().cpu().numpy().astype(kind)
