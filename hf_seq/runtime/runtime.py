# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Answers by a model that `hf-seq export` wrote, without torch: needs numpy, onnxruntime and tokenizers.

    from runtime import load  # this file lies beside the model

    model = load("path/to/folder")
    model("not bad at all")  # {'label': 'positive', 'score': 0.97}
    model.predict(["one", "two"])

B batch · T steps · L labels · F features of a step
"""

import hashlib
import json
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

FACTS = "runtime.json"
BATCH, WINDOW = 32, 2048  # inputs in a batch; inputs that are sorted by length together
KINDS = {
    "classification": ("runtime", "Classifier"),
    "series": ("runtime_series", "SeriesClassifier"),
    "series-tagging": ("runtime_series", "SeriesTagger"),
    "audio": ("runtime_audio", "AudioClassifier"),
    "events": ("runtime_events", "EventClassifier"),
    "next-event": ("runtime_events", "NextEvent"),
    "forecasting": ("runtime_forecasting", "Forecaster"),
    "tagging": ("runtime_tagging", "Tagger"),
    "masked-language-modeling": ("runtime_masked", "MaskFiller"),
    "language-modeling": ("runtime_writing", "LanguageModel"),
    "seq2seq": ("runtime_writing", "Translator"),
}  # where the class for a task stands: here, or in a file beside this one, which is exported where it is needed

_NOTHING = type(None)
FACT_TYPES: dict[str, Any] = {
    **dict.fromkeys(("kind", "problem_type", "truncation_side", "unknown", "target_tokenizer"), str),
    **dict.fromkeys(("labels", "before", "after", "ends"), list),
    **dict.fromkeys(("files", "generation", "series", "state", "events", "audio"), dict),
    **dict.fromkeys(("split_special_tokens", "marks_spans", "separate"), bool),
    **dict.fromkeys(("limit", "mask", "bos", "eos", "start"), (int, _NOTHING)),
    **dict.fromkeys(("thresholds", "begin"), (list, _NOTHING)),
    **dict.fromkeys(("word_pattern", "sentences"), (str, _NOTHING)),
    "answer_threshold": (float, int, _NOTHING),
    "crf": (dict, _NOTHING),
}  # what the fields of runtime.json hold


class InputError(ValueError):
    """Something the user gave cannot work; the message says what, and what to do."""


if __package__ == "hf_seq.runtime":  # inside the package it is the package's own, with which the command line ends
    from hf_seq.errors import InputError  # type: ignore[assignment]


def load(folder: str | Path = ".", *, quantized: bool = False, threads: int = 1, **settings: Any) -> "Model":
    """Load an exported model.

    Args:
        folder: what `hf-seq export` wrote.
        quantized: answer by the int8 file, where there is one.
        threads: of the processor that one answer may use.
        settings: of models that write, such as `num_beams`.

    Raises:
        InputError: nothing was exported there, or a file is damaged, changed, or too new for this onnxruntime.
    """
    path = Path(folder)
    if not (path / FACTS).is_file():
        raise InputError(f"{path} holds no exported model ({FACTS} is missing); write one with `hf-seq export`.")
    facts = _read_facts(path / FACTS)
    module, name = KINDS[facts["kind"]]
    beside = import_module(f"{__package__}.{module}" if __package__ else module)
    kind: type[Model] = getattr(beside, name)
    if settings and facts["kind"] != "seq2seq":
        raise InputError(f"a model for {facts['kind']} does not take {', '.join(settings)}; leave it out.")
    try:
        return kind(path, facts, Graphs(path, facts["files"], quantized, threads), **settings)
    except InputError:
        raise
    except Exception as error:  # tokenizers has one class for all; what a damaged file lacks is any of Python's
        raise InputError(f"{path} cannot be loaded ({error!r:.160}); copy it whole, or export again.") from error


def _read_facts(path: Path) -> dict[str, Any]:
    """Read runtime.json; whoever wrote it may not be a friend."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        odd = [name for name, kinds in FACT_TYPES.items() if name in facts and not isinstance(facts[name], kinds)]
        odd += [name for name in facts["files"] if Path(name).is_absolute() or ".." in Path(name).parts]
        odd += [] if facts["kind"] in KINDS else ["kind"]
    except (OSError, ValueError, RecursionError, TypeError, KeyError) as error:
        odd = [f"{error!r:.160}"]
    if odd:
        raise InputError(f"{path} is damaged ({odd[0]}); copy the folder whole, or export again.")
    return facts


class Graphs:
    """The ONNX files of a folder, each checked against what was exported."""

    def __init__(self, folder: Path, files: dict[str, str], quantized: bool, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.log_severity_level = 3
        ending = "_quantized.onnx" if quantized else ".onnx"
        wanted = [name for name in files if name.endswith(ending) and (quantized or "_quantized" not in name)]
        if not wanted:
            raise InputError(f"{folder} holds no int8 file; export with --quantize int8, or leave quantized out.")
        self.sessions: dict[str, Any] = {}
        for name in wanted:
            data = self._read(folder / name, files[name])
            try:
                session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            except Exception as error:  # onnxruntime raises classes of its own, without a common base
                reason = str(error).strip().splitlines()[0]
                raise InputError(
                    f"onnxruntime {onnxruntime.__version__} cannot load {folder / name} ({reason:.160}); upgrade it, "
                    "or export with a lower --opset."
                ) from error
            outputs = [output.name for output in session.get_outputs() if output.name != "pooling_weights"]
            self.sessions[Path(name).name.removesuffix(ending)] = session, outputs

    def _read(self, path: Path, digest: str) -> bytes:
        if not path.is_file():
            raise InputError(f"{path} is missing; copy the folder whole, or export again.")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise InputError(f"{path} is not the file that was exported and certified; copy it again, or export again.")
        return data

    def __call__(self, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Run a graph: names to arrays."""
        session, outputs = self.sessions[name]
        return dict(zip(outputs, session.run(outputs, inputs), strict=True))


class Model:
    """A model that answers one input when called, and many by `predict`."""

    reads_numbers: ClassVar[bool] = False
    longest_note: ClassVar[str] = "A text was cut at {limit} tokens"

    def __init__(self, folder: Path, facts: dict[str, Any], graphs: Graphs) -> None:
        self.folder, self.facts, self.graphs = folder, facts, graphs
        self.label_names: list[str] = facts.get("labels", [])
        self.truncated = 0
        self.input_name = "input_values" if self.reads_numbers else "input_ids"
        self.tokenizer: Any = None if self.reads_numbers else self.read_tokenizer("tokenizer.json")

    def read_tokenizer(self, name: str) -> Any:
        """Read a tokenizer that lies in the folder, without truncation and padding of its own."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / name))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = self.facts["split_special_tokens"]
        return tokenizer

    def __call__(self, given: Any) -> dict[str, Any]:
        """Answer one input."""
        return self.answers([self.check(given, 0)])[0]

    def predict(self, inputs: Iterable[Any], *, window: int | None = None) -> Iterator[dict[str, Any]]:
        """Answer many inputs, in order; of a stream the first at once, then in windows that grow."""
        if isinstance(inputs, str):
            raise InputError(
                f"predict takes many inputs, got one string; call the model itself for one: model({inputs[:40]!r})."
            )
        size = window or (WINDOW if isinstance(inputs, Sequence) else 1)
        iterator, done = iter(inputs), 0
        while chunk := list(islice(iterator, size)):
            yield from self.answers([self.check(given, row) for row, given in enumerate(chunk, done)])
            done, size = done + len(chunk), window or min(2 * size, WINDOW)

    def check(self, given: Any, row: int) -> Any:
        """Give an input as it is read, or refuse it."""
        if not isinstance(given, str):
            raise InputError(f"text {row} is {given!r:.60}, a {type(given).__name__}; every text must be a string.")
        return whole_characters(given)

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Answer checked inputs."""
        raise NotImplementedError

    def run_rows(self, rows: list[Any]) -> Iterator[tuple[list[int], Any]]:
        """Run rows of ids, or of numbers (T, F), in batches of similar length: their numbers, and logits of them."""
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            steps = max(1, len(rows[chosen[-1]]))
            shape = (len(chosen), steps, *np.shape(rows[chosen[-1]])[1:])
            values = np.zeros(shape, np.float32 if self.reads_numbers else np.int64)
            mask = np.zeros(shape[:2], np.int64)
            for place, row in enumerate(chosen):
                if len(rows[row]):
                    values[place, : len(rows[row])], mask[place, : len(rows[row])] = rows[row], 1
            yield chosen, self.graphs("model", {self.input_name: values, "attention_mask": mask})["logits"]

    def note_cut(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Mark an answer about an input that was cut, and warn of the first."""
        if not self.truncated:
            note = self.longest_note.format(limit=self.facts["limit"])
            warnings.warn(f'{note}, the most this model reads; such answers carry "truncated": true.', stacklevel=4)
        self.truncated += 1
        return answer | {"truncated": True}


class Classifier(Model):
    """Text to label, labels or a number."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.problem_type, self.thresholds = self.facts["problem_type"], self.facts["thresholds"]
        self.answer_threshold = self.facts.get("answer_threshold")
        if self.tokenizer is not None and self.facts["limit"] is not None:
            self.tokenizer.enable_truncation(self.facts["limit"], direction=self.facts["truncation_side"])

    def encode(self, inputs: list[Any]) -> tuple[list[Any], list[int], list[bool]]:
        """Give the rows that the graph reads, which input each belongs to, and which inputs were cut."""
        encodings = self.tokenizer.encode_batch_fast(inputs)
        return [each.ids for each in encodings], list(range(len(inputs))), [bool(e.overflowing) for e in encodings]

    def scores(self, inputs: Sequence[Any]) -> Any:
        """Compute probabilities of every label, or values for regression: (N, L)."""
        return np.array(self._scored([self.check(given, row) for row, given in enumerate(inputs)])[0])

    def _answer_alone(self, given: Any) -> dict[str, Any] | None:
        """Answer one input without what only batches need; none where it is read as several rows, or none."""
        rows, _, (cut,) = self.encode([given])
        if len(rows) > 1 or not len(rows[0]):  # windows of a series; a text without a token
            return None
        values = np.array(rows, np.float32 if self.reads_numbers else np.int64)
        inputs = {self.input_name: values, "attention_mask": np.ones(values.shape[:2], np.int64)}
        answer = self._answer(activate(self.graphs("model", inputs)["logits"][0].tolist(), self.problem_type))
        return self.note_cut(answer) if cut else answer

    def _scored(self, inputs: list[Any]) -> tuple[list[list[float]], list[bool]]:
        rows, owners, cut = self.encode(inputs)
        logits = np.zeros((len(inputs), len(self.label_names)))
        for chosen, found in self.run_rows(rows):
            np.add.at(logits, [owners[row] for row in chosen], found)
        logits /= np.bincount(owners, minlength=len(inputs))[:, None]
        return [activate(row, self.problem_type) for row in logits.tolist()], cut

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Answer by thresholds where the model has some."""
        if len(inputs) == 1 and (answer := self._answer_alone(inputs[0])) is not None:
            return [answer]
        scores, cut = self._scored(inputs)
        answers = [self._answer(row) for row in scores]
        return [self.note_cut(answer) if short else answer for answer, short in zip(answers, cut, strict=True)]

    def _answer(self, scores: list[float]) -> dict[str, Any]:
        least = self.thresholds
        if self.problem_type == "single_label_classification":
            lead = scores if least is None else [score - limit for score, limit in zip(scores, least, strict=True)]
            best = lead.index(max(lead))
            answer = {"label": self.label_names[best], "score": scores[best]}
            unsure = self.answer_threshold is not None and scores[best] <= self.answer_threshold
            return answer | {"hand_over": True} if unsure else answer
        if self.problem_type == "multi_label_classification":
            over = [label for label, score in enumerate(scores) if score > (0.5 if least is None else least[label])]
            return {"labels": [self.label_names[label] for label in over], "scores": [scores[label] for label in over]}
        return {"score": scores[0] if len(scores) == 1 else scores}


def whole_characters(text: str) -> str:
    """Replace halves of characters, which no UTF-8 can hold, by the sign for what cannot be read, as hf_seq does."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


def activate(logits: list[float], problem_type: str) -> list[float]:
    """Turn the logits of one input into probabilities, in plain Python: at a few labels, faster than arrays."""
    if problem_type == "regression":
        return logits
    if problem_type == "multi_label_classification" or len(logits) == 1:
        return [1 / (1 + math.exp(-each)) if each >= 0 else 1 - 1 / (1 + math.exp(each)) for each in logits]
    highest = max(logits)
    powers = [math.exp(each - highest) for each in logits]
    total = sum(powers)
    return [power / total for power in powers]
