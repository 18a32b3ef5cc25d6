# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts by an exported model: a language model that goes on from a prompt, and one that translates.

Searching with beams and taking the likeliest token give what transformers gives; drawing has numpy's chance.
B rows, or beams of one text · T steps · V vocabulary
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

if __package__:
    from .runtime import InputError, Model
else:
    from runtime import InputError, Model  # type: ignore[no-redef,import-not-found]

NEVER = np.float32(-1e9)
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+")


class Steps:
    """A text being written: gives the scores of what may follow, and keeps the state."""

    def __init__(self, ask: Callable[[dict[str, Any]], dict[str, Any]], state: dict[str, Any]) -> None:
        self.ask, self.state = ask, state

    def read(self, ids: Any) -> Any:
        """Read tokens (B, T) and give the log probabilities (B, V) of the next."""
        outputs = self.ask({"input_ids": np.asarray(ids, np.int64), **self.state})
        kept = {name.replace("present", "past"): value for name, value in outputs.items() if name != "logits"}
        self.state = kept | {name: value for name, value in self.state.items() if name.startswith("context")}
        return log_softmax(outputs["logits"][:, -1])

    def pick(self, rows: Any) -> None:
        """Go on with these rows."""
        self.state = {name: value[rows] for name, value in self.state.items()}


def log_softmax(logits: Any) -> Any:
    """Turn logits (..., V) into log probabilities."""
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def search(
    steps: Steps, first: Sequence[int], ends: set[int], limit: int, beams: int, how: dict[str, Any]
) -> list[int]:
    """Search for the likeliest text with beams, as transformers' `generate` does: the tokens behind the first ones.

    Args:
        steps: the text being written, of one row.
        first: what it begins with.
        ends: tokens that end it.
        limit: tokens to write at most.
        beams: their number; 1 takes the likeliest token each time.
        how: `length_penalty`, `early_stopping`, `suppress_tokens`.
    """
    penalty, early = float(how.get("length_penalty") or 1.0), how.get("early_stopping", False)
    silent, kept = list(how.get("suppress_tokens") or []), max(2, 1 + len(ends)) * beams
    steps.pick(np.zeros(beams, int))
    running: list[list[int]] = [[]] * beams
    scores = np.full(beams, NEVER, np.float32)
    scores[0] = 0
    done: list[tuple[Any, list[int], bool]] = [(NEVER, [], False)] * beams
    ids = np.array([list(first)] * beams)
    improving = True
    for length in range(1, limit + 1):
        chances = steps.read(ids).astype(np.float32)
        chances[:, silent] = -np.inf
        flat = (chances + scores[:, None]).ravel()
        top = np.argsort(-flat, kind="stable")[:kept]
        texts = [[*running[place // chances.shape[1]], int(place % chances.shape[1])] for place in top]
        ended = np.array([text[-1] in ends or length == limit for text in texts])
        full = early is True and all(each[2] for each in done)
        for rank, text in enumerate(texts):
            fresh = bool(ended[rank]) and rank < beams
            score = flat[top[rank]] / np.float32(length**penalty)
            score = score + NEVER * (np.float32(full) + np.float32(not improving) + np.float32(not fresh))
            done.append((score, text, fresh))
        done = sorted(done, key=lambda each: -each[0])[:beams]
        open_scores = flat[top] + ended.astype(np.float32) * NEVER
        going = np.argsort(-open_scores, kind="stable")[:beams]
        running, scores = [texts[place] for place in going], open_scores[going]
        steps.pick(top[going] // chances.shape[1])
        ids = np.array([[text[-1]] for text in running])
        reach = limit if early == "never" and penalty > 0 else length
        worst = [min(each[0] for each in done) if each[2] else NEVER for each in done]
        improving = improving and bool((scores[0] / np.float32(reach**penalty) > np.array(worst)).any())
        if not improving or ended.all() or (early is True and all(each[2] for each in done)):
            break
    return done[0][1]


def greedy(steps: Steps, first: Sequence[int], ends: set[int], limit: int, choose: Callable[[Any], int]) -> list[int]:
    """Write token after token, each chosen from the log probabilities (V,) of what may follow."""
    written: list[int] = []
    ids = [list(first)]
    while len(written) < limit and not (written and written[-1] in ends):
        written.append(choose(steps.read(ids)[0]))
        ids = [[written[-1]]]
    return written


class LanguageModel(Model):
    """Says how well it predicts a text; `generate` goes on from a prompt."""

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Score each text by itself."""
        return [self._score(text) for text in inputs]

    def _steps(self) -> Steps:
        state = {name: np.zeros((1, width), np.float32) for name, width in self.facts["state"].items()}
        return Steps(
            lambda inputs: self.graphs("model", inputs | {"attention_mask": np.ones_like(inputs["input_ids"])}), state
        )

    def _score(self, text: str) -> dict[str, Any]:
        begin, end = ([self.facts[name]] if self.facts["separate"] else [] for name in ("bos", "eos"))
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        ids = [*begin, *encoding.ids, *end]
        characters = encoding.offsets[-1][1] if encoding.ids else 0
        if not begin and encoding.ids:  # the first token is not predicted, nor are its characters
            characters -= encoding.offsets[0][1]
        if len(ids) < 2 or characters < 1:
            return {"text": text, "nats_per_character": None, "perplexity": None, "tokens": 0}
        steps = self._steps()
        nats = 0.0
        for start in range(0, len(ids) - 1, 1024):
            part, wanted = ids[start : start + 1024][: len(ids) - 1 - start], ids[start + 1 : start + 1025]
            outputs = steps.ask({"input_ids": np.array([part]), **steps.state})
            steps.state = {name.replace("present", "past"): each for name, each in outputs.items() if name != "logits"}
            nats -= float(log_softmax(outputs["logits"][0].astype(np.float64))[np.arange(len(wanted)), wanted].sum())
        tokens = len(ids) - 1
        return {
            "text": text,
            "nats_per_character": nats / characters,
            "perplexity": float(np.exp(nats / tokens)),
            "tokens": tokens,
        }

    def generate(
        self,
        prompt: str = "",
        *,
        max_new_tokens: int = 200,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        num_beams: int = 1,
        seed: int | None = None,
    ) -> str:
        """Go on from a prompt; temperature 0 always takes the likeliest token.

        Raises:
            InputError: a value out of its range, or no prompt for a model that cannot begin a text.
        """
        if max_new_tokens < 1 or num_beams < 1 or not 0 <= temperature < np.inf:
            raise InputError(
                f"max_new_tokens={max_new_tokens} and num_beams={num_beams} must be 1 or more, "
                f"temperature={temperature} 0 or more."
            )
        if (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
            raise InputError(f"top_k={top_k} must be 1 or more, top_p={top_p} above 0 and at most 1.")
        first = [self.facts["bos"]] if self.facts["separate"] else []
        first += self.tokenizer.encode(prompt, add_special_tokens=False).ids
        if not first and self.facts["begin"] is None:
            raise InputError("the prompt is empty, and this model cannot begin a text by itself; give a word or more.")
        first = first or self.facts["begin"]
        ends, silent = set(self.facts["ends"]), self.facts["generation"].get("suppress_tokens") or []
        if num_beams > 1:
            how = self.facts["generation"]
            written = search(self._steps(), first, ends, max_new_tokens, num_beams, how)
        else:
            rng = np.random.default_rng(seed)
            written = greedy(
                self._steps(),
                first,
                ends,
                max_new_tokens,
                lambda scores: draw(scores, silent, temperature, top_k, top_p, rng),
            )
        begun, whole = (self.tokenizer.decode(ids, skip_special_tokens=True) for ids in (first, [*first, *written]))
        return prompt + whole[len(begun) :]


def draw(scores: Any, silent: list[int], temperature: float, top_k: int | None, top_p: float | None, rng: Any) -> int:
    """Draw a token by its log probability (V,), among the likeliest where so many, or so much of it, are wanted."""
    scores = scores.astype(np.float64)
    scores[silent] = -np.inf
    if temperature == 0:
        return int(scores.argmax())
    scores /= temperature
    if top_k is not None:
        scores[scores < np.sort(scores)[-min(top_k, len(scores))]] = -np.inf
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    if top_p is not None:
        order = np.argsort(-chances, kind="stable")
        beyond = np.cumsum(chances[order]) - chances[order] >= top_p
        chances[order[beyond]] = 0
    return int(rng.choice(len(chances), p=chances / chances.sum()))


class Translator(Model):
    """Writes a text from a text; `num_beams`, `max_new_tokens` and `length_penalty` are the model's own if left out."""

    def __init__(self, *given: Any, too_long: str = "error", **settings: Any) -> None:
        super().__init__(*given)
        known = ("num_beams", "max_new_tokens", "length_penalty", "early_stopping")
        if odd := [name for name in settings if name not in known]:
            raise InputError(f"{odd[0]} is not a setting of an exported Translator; use {', '.join(known)}.")
        if too_long not in ("error", "split"):
            raise InputError(f"too_long={too_long!r} is none of error, split.")
        self.too_long = too_long
        self.how = self.facts["generation"] | {name: each for name, each in settings.items() if each is not None}
        for name in ("num_beams", "max_new_tokens"):
            if self.how[name] < 1:
                raise InputError(f"{name}={self.how[name]} must be 1 or more.")
        self.target = self.read_tokenizer(self.facts["target_tokenizer"])

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Write for each; an empty text for an empty one."""
        return [self._write(text) for text in inputs]

    def _write(self, text: str) -> dict[str, Any]:
        written = [self._write_part(ids) for ids in self._parts(text)]
        joined = " ".join(part for part, _ in written)
        return {"source": text, "target": joined, "finished": all(done for _, done in written)}

    def _write_part(self, ids: list[int]) -> tuple[str, bool]:
        encoded = self.graphs(
            "encoder_model", {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
        )
        state = {name.replace("start", "past"): value for name, value in encoded.items()}
        steps = Steps(lambda inputs: self.graphs("decoder_model", inputs), state)
        ends, limit = set(self.facts["ends"]), self.how["max_new_tokens"]
        if self.how["num_beams"] > 1:
            tokens = search(steps, [self.facts["start"]], ends, limit, self.how["num_beams"], self.how)
        else:
            silent = self.how.get("suppress_tokens") or []
            tokens = greedy(
                steps, [self.facts["start"]], ends, limit, lambda scores: draw(scores, silent, 0, None, None, None)
            )
        return self.target.decode(tokens, skip_special_tokens=True).strip(), bool(ends & set(tokens))

    def _parts(self, text: str) -> list[list[int]]:
        """Give ids of a text, or of the parts that it has to be split into; none of an empty text."""
        if not text.strip():
            return []
        ids, longest = self.tokenizer.encode(text).ids, self.facts["limit"] or 1_000_000
        if len(ids) <= longest:
            return [ids]
        if self.too_long == "error":
            raise InputError(
                f"the text {text[:40]!r}... has {len(ids):,} tokens, but the model reads {longest:,}; shorten it, or "
                "have it split between sentences (too_long='split')."
            )
        return self._packed(SENTENCE_END.split(text), longest)

    def _packed(self, pieces: Sequence[str], longest: int) -> list[list[int]]:
        """Put as many sentences, or words of one that is too long, into a part as fit."""
        parts: list[list[int]] = []
        begun = ""
        for piece in pieces:
            longer = f"{begun} {piece}".strip()
            if len(self.tokenizer.encode(longer).ids) <= longest:
                begun = longer
                continue
            if begun:
                parts.append(self.tokenizer.encode(begun).ids)
            begun = piece if len(self.tokenizer.encode(piece).ids) <= longest else ""
            if not begun:
                words = piece.split()
                if len(words) < 2:
                    raise InputError(
                        f"the word {piece[:40]!r}... alone has more tokens than the model reads ({longest:,})."
                    )
                parts += self._packed(words, longest)
        return [*parts, self.tokenizer.encode(begun).ids] if begun else parts
