# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pipeline of taggers: words or entities with their characters, along the best path of a CRF.

    pipeline("sequence-tagging", model=FOLDER)("Ada Byron lived in London")
    [{"entity_group": "person", "score": 0.98, "word": "Ada Byron", "start": 0, "end": 9}, ...]

transformers' own `token-classification` runs these models too, but it takes each piece's best label by itself.

T steps
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import torch
from transformers.pipelines.base import ChunkPipeline

from .tag_schemes import scheme_of
from .word_tagging import choose_tags, cut_windows, find_spans, first_pieces, sentence_begins, word_places

TASK = "sequence-tagging"
STRATEGIES = ("none", "word", "entity")
AS_ENTITY = ("simple", "first", "average", "max")  # transformers' ways to group; here a word has one tag anyway
NO_LIMIT = 1_000_000_000
ANY_PIPELINE: Any = ChunkPipeline


class TaggingPipeline(ANY_PIPELINE):
    """Text to tagged words or entities; a text longer than the model reads is read in windows that overlap.

    Args:
        aggregation_strategy: `entity` gives spans, `word` a tag for each word, `none` one for each piece; by default
            spans where the labels mark them, else words. transformers' `simple`, `first`, `average` and `max` mean
            `entity`.
        ignore_labels: what is left out of the answer; ["O"] by default.
    """

    default_input_names = "sequences"
    _load_tokenizer = True
    _load_feature_extractor = _load_image_processor = _load_processor = False

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Answer for one text, or for several.

        Args:
            inputs: a text, or several.
            kwargs: `batch_size`, `aggregation_strategy`, `ignore_labels`.

        Returns:
            A list of dicts with `word`, `score`, `start` and `end` (characters), and `entity_group` for spans, `entity`
            for words and pieces; a list of such lists for several texts. A score is the probability of a word's tag
            (its marginal where the model has a CRF), for a span the mean over its words.

        Raises:
            ValueError: something is no text, or an unknown strategy.
        """
        return super().__call__(inputs, **kwargs)

    def _sanitize_parameters(
        self, aggregation_strategy: Any = None, ignore_labels: list[str] | None = None, **kwargs: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if kwargs:
            raise ValueError(f"this pipeline knows no {', '.join(kwargs)}.")
        options: dict[str, Any] = {}
        if aggregation_strategy is not None:
            name = str(getattr(aggregation_strategy, "value", aggregation_strategy)).lower()
            if name not in (*STRATEGIES, *AS_ENTITY):
                raise ValueError(f"aggregation_strategy={name!r} is none of {', '.join((*STRATEGIES, *AS_ENTITY))}.")
            options["aggregation_strategy"] = "entity" if name in AS_ENTITY else name
        if ignore_labels is not None:
            options["ignore_labels"] = ignore_labels
        return {}, {}, options

    def preprocess(self, text: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """One text to windows of pieces; most models read one window, the text itself."""
        if not isinstance(text, str):
            raise ValueError(f"got {text!r:.60}, but this pipeline reads texts; join words by blanks.")
        if not self.tokenizer.is_fast:
            raise ValueError(f"{type(self.tokenizer).__name__} is not a fast tokenizer and cannot say where words are.")
        whole = self.tokenizer(
            text, truncation=False, verbose=False, return_offsets_mapping=True, return_special_tokens_mask=True
        )
        ids, special = whole["input_ids"], whole["special_tokens_mask"]
        body = [position for position, is_special in enumerate(special) if not is_special]
        before, after = (ids[: body[0]], ids[body[-1] + 1 :]) if body else (ids, [])
        pieces = ids[len(before) : len(ids) - len(after)] if body else []
        word_of = whole.word_ids()[len(before) : len(before) + len(pieces)]
        offsets = whole["offset_mapping"][len(before) : len(before) + len(pieces)]
        firsts = first_pieces(word_of)
        begins = sentence_begins(word_places(word_of, offsets, text), text, self.tokenizer.init_kwargs.get("sentences"))
        windows = cut_windows(firsts, len(pieces), self._limit() - len(before) - len(after), begins)
        for number, window in enumerate(windows):
            read = [*before, *pieces[window.start : window.end], *after] or [self.tokenizer.unk_token_id or 0]
            tagged = torch.zeros(1, len(read), dtype=torch.bool)
            inside = range(*(bisect_left(firsts, end) for end in (window.start, window.end)))
            tagged[0, [firsts[word] - window.start + len(before) for word in inside]] = True
            yield {
                "input_ids": torch.tensor([read]),
                "attention_mask": torch.ones(1, len(read), dtype=torch.long),
                "tagged": tagged,
                "kept": [word in window.words for word in inside],
                "pieces": (text, pieces, word_of, offsets) if number == 0 else None,
                "is_last": number == len(windows) - 1,
            }

    def _forward(self, model_inputs: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        tagged = model_inputs.pop("tagged")
        outputs = self.model(input_ids=model_inputs["input_ids"], attention_mask=model_inputs["attention_mask"])
        tags, scores = choose_tags(self.model, outputs, tagged.bool())
        about = {name: model_inputs[name] for name in ("kept", "pieces", "is_last")}
        return {"tags": tags, "scores": scores, "tagged": tagged, **about}

    def postprocess(
        self,
        model_outputs: list[dict[str, Any]],
        aggregation_strategy: str | None = None,
        ignore_labels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Tags of pieces to words or entities; see `__call__`."""
        text, pieces, word_of, offsets = model_outputs[0]["pieces"]
        names = self.model.config.id2label
        tags: list[str] = []
        scores: list[float] = []
        for outputs in model_outputs:
            where = outputs["tagged"][0].bool()
            found = zip(outputs["tags"][0][where].tolist(), outputs["scores"][0][where].tolist(), strict=True)
            kept = [pair for pair, is_kept in zip(found, outputs["kept"], strict=True) if is_kept]
            tags += [names[tag] for tag, _ in kept]
            scores += [score for _, score in kept]
        marks_spans = scheme_of(list(names.values())) != "none"
        strategy = aggregation_strategy or ("entity" if marks_spans else "word")
        ignored = ["O"] if ignore_labels is None else ignore_labels
        positions = word_places(word_of, offsets, text)
        if strategy == "entity" and marks_spans:
            return _entities(text, tags, scores, positions, ignored)
        if strategy == "none":
            tokens = self.tokenizer.convert_ids_to_tokens(pieces)
            return _pieces(tokens, word_of, offsets, tags, scores, ignored)
        return [
            {"entity": tag, "score": score, "word": text[start:end], "start": start, "end": end}
            for tag, score, (start, end) in zip(tags, scores, positions, strict=True)
            if tag not in ignored
        ]

    def _limit(self) -> int:
        """Most tokens that the model reads, special tokens included."""
        limits = [self.tokenizer.model_max_length]
        if getattr(self.model.config, "position_embedding", "learned") == "learned":
            limits.append(getattr(self.model.config, "max_position_embeddings", None) or NO_LIMIT)
        return min(limits)


def _entities(
    text: str, tags: list[str], scores: list[float], places: list[tuple[int, int]], ignored: list[str]
) -> list[dict[str, Any]]:
    entities = []
    for span in find_spans(tags, scores):
        start, end = places[span.start][0], places[span.end - 1][1]
        found = {"entity_group": span.label, "score": span.score, "word": text[start:end], "start": start, "end": end}
        entities += [found] if span.label not in ignored else []
    return entities


def _pieces(
    tokens: list[str],
    word_of: list[int | None],
    offsets: list[tuple[int, int]],
    tags: list[str],
    scores: list[float],
    ignored: list[str],
) -> list[dict[str, Any]]:
    """Every piece with the tag of its word; `index` counts the pieces of the text, without special tokens, from 0."""
    firsts = set(first_pieces(word_of))
    word = -1
    answers = []
    for index, (token, (start, end)) in enumerate(zip(tokens, offsets, strict=True)):
        word += index in firsts
        if word >= 0 and tags[word] not in ignored:
            about = {"index": index, "word": token, "start": start, "end": end}
            answers.append({"entity": tags[word], "score": scores[word], **about})
    return answers


PIPELINES = {TASK: (TaggingPipeline, "AutoModelForTokenClassification")}
"""Task to class, and the Auto class of the models it runs."""


def shipped_pipelines() -> dict[str, Any]:
    """How a configuration names these pipelines, for readers who have the files beside the model only."""
    return {
        task: {"impl": f"pipeline_tagging.{pipeline.__name__}", "pt": [auto], "type": "text"}
        for task, (pipeline, auto) in PIPELINES.items()
    }


__all__ = ["PIPELINES", "TaggingPipeline", "shipped_pipelines"]
