# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One training of a search: weighed before it is trained, scored on validation in every form, never on the test rows.

    DIR/.search/007-1/   a run: the folder that `train` writes, and candidates.json, the last file of a finished one

A run that was killed half-way is made again from the start, so that it ends as it would have.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from hf_seq.data import Splits
from hf_seq.distill.preparation import prepare_student
from hf_seq.errors import InputError
from hf_seq.files.reading import read_object
from hf_seq.flags.flag import flags_of
from hf_seq.flags.reading import glance
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import Divergence
from hf_seq.progress import logger, quietly
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.search.budget import Measurements, Speed, digest
from hf_seq.search.candidates import Candidate, Outcome
from hf_seq.search.folder import RUNS
from hf_seq.search.forms import INT8, TORCH, bytes_of, load_form, median_latency, place_of, write_exports
from hf_seq.search.limits import Limits
from hf_seq.search.options import FitOptions
from hf_seq.search.space import SCRATCH, START, TEACHER, WIDE, Setting
from hf_seq.tasks.base import Task
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import train

EVALUATIONS = 5
PROBE, TAUGHT = "probe", "teacher"
"""Folders of the training that is timed, and of the teacher."""
PROBES = (10, 70)
"""Updates of two trainings, whose difference is what an update takes."""


class DoesNotFit(InputError):  # noqa: N818 - it is what was found
    """No form of an untrained model keeps the limits, so that there is no use in training it."""


@dataclass
class Workshop:
    """What every run of a search needs.

    Attributes:
        options: of the search.
        task: what is learned.
        splits: the data.
        teacher: folder or name of who teaches; None where nobody does.
        start: pretrained model whose tokens a model can start from; None where there is none.
        forms: that this installation can make.
        measurements: of this machine.
        limits: that a model must keep to be trained.
    """

    options: FitOptions
    task: Task[Any]
    splits: Splits
    teacher: str | None
    start: str | None
    forms: tuple[str, ...]
    measurements: Measurements
    limits: Limits

    @property
    def folder(self) -> Path:
        """Where the runs are."""
        return Path(self.options.output) / RUNS

    @property
    def inputs(self) -> list[Any]:
        """Validation inputs, for latencies."""
        return [each for each in self.task.data.inputs(self.splits.validation) if len(each)]

    def recipe(self, setting: Setting, folder: Path, updates: int = 0) -> tuple[Recipe, TrainingOptions]:
        """Resolve the recipe of a setting; the user's own flags are stronger than what the search chose.

        Args:
            setting: what to train.
            folder: to write to.
            updates: how long; 0 for a baseline, or for as long as is usual.
        """
        options = self.options
        words = flags({"task": options.task, "data": options.data, "model": setting.family, **setting.flags})
        words += flags({"start_from": self.start} if setting.source == START else {})
        words += flags({"teacher": [self.teacher]} if setting.source == TEACHER else {})
        words += flags(_length(updates)) if updates else []
        words += [*options.extra, f"--output_dir={folder}", f"--seed={options.seed}"]
        return parse_recipe(words, distilled=setting.source == TEACHER)

    def run(self, name: str, setting: Setting, updates: int, spent: float = 0.0) -> Outcome:
        """Train a setting and measure its forms, unless that was done before.

        Args:
            name: of the run's folder.
            setting: what to train.
            updates: how long.
            spent: minutes of the budget that are spent when it is there.
        """
        folder = self.folder / name
        found = Outcome.read(folder)
        if found is not None:
            return found
        shutil.rmtree(folder, ignore_errors=True)
        started = time.perf_counter()
        try:
            with quietly():
                candidates = self._make(folder, setting, updates, spent)
            outcome = Outcome(name, tuple(candidates))
        except DoesNotFit as error:
            outcome = Outcome(name, reason=str(error))
        except Divergence as error:
            outcome = Outcome(name, reason=f"diverged: {error}")
        outcome.write(folder)
        _tell(setting, outcome, updates, time.perf_counter() - started)
        return outcome

    def fine_tuned(self, pretrained: str) -> Path:
        """Fine-tune a pretrained model, so that it can teach, unless that was done before.

        Args:
            pretrained: name, Hub id or folder.

        Returns:
            Its folder.
        """
        folder = self.folder / TAUGHT
        if (folder / RECORD_NAME).is_file():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        logger.info(f"Fine-tuning the teacher {pretrained} ...")
        recipe, arguments = self.teacher_recipe(pretrained)
        with quietly():
            preparation = partial(prepare, splits=self.splits)
            record = train(recipe, arguments, preparation=preparation, part="validation")
        assert record is not None  # one process
        logger.info(f"  {record.name}: {record.score:.2f} on validation")
        return folder

    def teacher_recipe(self, pretrained: str) -> tuple[Recipe, TrainingOptions]:
        """Resolve the recipe of a teacher's fine-tuning: the usual one, on data read as the user says."""
        of_data = [each for each in flags_of(self.task.recipe) if each.panel == "Data"]
        words = flags(glance(of_data, self.options.extra))
        words += flags({"task": self.options.task, "data": self.options.data, "model": pretrained})
        return parse_recipe([*words, f"--output_dir={self.folder / TAUGHT}", f"--seed={self.options.seed}"])

    def probe(self) -> Speed:
        """Measure how fast the usual model trains here."""
        key = digest("speed", self.options.task, self.splits.fingerprint, self.options.extra)
        known = self.measurements.get(key)
        if known is None:
            setting, folder = Setting(_usual(self.task), SCRATCH), self.folder / PROBE
            shutil.rmtree(folder, ignore_errors=True)
            with quietly():
                seconds = [self._time_of(setting, folder, updates) for updates in PROBES]
            shutil.rmtree(folder)
            update = max(1e-4, (seconds[1] - seconds[0]) / (PROBES[1] - PROBES[0]))
            known = vars(Speed(update, max(0.1, seconds[0] - PROBES[0] * update)).rounded)
            self.measurements.keep(key, known)
        return Speed(**known)

    def beside(self, setting: Setting) -> float:
        """Return the seconds that the n-grams of a setting take to fit, before it is trained; 0 where it has none."""
        if setting.family != WIDE:
            return 0.0
        key = digest("n-grams", self.splits.fingerprint, self.options.extra)
        known = self.measurements.get(key)
        if known is None:
            recipe, arguments = self.recipe(setting, self.folder / "smallest", 1)
            started = time.thread_time()
            with quietly():
                prepare(recipe, arguments, None, self.splits)  # fitted for the training that follows, too
            known = float(f"{time.thread_time() - started:.2g}")
            self.measurements.keep(key, known)
        return float(known)

    def _time_of(self, setting: Setting, folder: Path, updates: int) -> float:
        """Return the seconds that a training keeps this thread busy: what other programs take does not count."""
        shutil.rmtree(folder, ignore_errors=True)
        started = time.thread_time()
        recipe, arguments = self.recipe(setting, folder, updates)
        train(recipe, arguments, preparation=partial(prepare, splits=self.splits), part="validation")
        return time.thread_time() - started

    def why_not(self, setting: Setting) -> str | None:
        """Weigh a setting without training it; says why it does not fit, None where it does."""
        forms = self.forms_of(setting)
        return None if self._keep_limits(forms) else _listed(forms)

    def forms_of(self, setting: Setting) -> dict[str, tuple[int, float]]:
        """Weigh a setting without training it: bytes and latency of every form."""
        recipe, arguments = self.recipe(setting, self.folder / "smallest", 1)
        with quietly():
            return self._weighed_forms(prepare(recipe, arguments, None, self.splits), arguments.folder)

    def _keep_limits(self, forms: Mapping[str, tuple[int, float]]) -> bool:
        return any(self.limits.allow(*each) for each in forms.values())

    def _make(self, folder: Path, setting: Setting, updates: int, spent: float) -> list[Candidate]:
        recipe, arguments = self.recipe(setting, folder, updates)
        latencies: dict[str, float] = {}
        if setting.family in self.task.models.baselines:
            record = train(recipe, arguments, part="validation")
        else:
            usual: Callable[..., Prepared[Any]] = prepare_student if isinstance(recipe, DistilledRecipe) else prepare
            weighed = partial(self._weighed, usual, latencies)
            record = train(recipe, arguments, preparation=weighed, part="validation")
        assert record is not None  # one process
        if not latencies:
            key = digest("baseline, busy", setting.family, self.splits.fingerprint)
            known = self.measurements.get(key)
            latencies = {TORCH: self._latency(folder, TORCH) if known is None else known}
            self.measurements.keep(key, latencies[TORCH])
        elif set(latencies) - {TORCH}:
            predictor = self.task.predictor(folder)
            write_exports(folder, predictor.model, predictor.processor, self.task.name)
        about = {"run": folder.name, "label": _label(setting, folder), "updates": updates, "spent": round(spent, 3)}
        return [self._candidate(folder, form, record, recipe, latencies[form], about) for form in latencies]

    def _candidate(
        self, folder: Path, form: str, record: Record, recipe: Recipe, latency: float, about: dict[str, Any]
    ) -> Candidate:
        score, interval = record.score, record.interval
        if form == INT8:  # in float32 a graph says what torch says
            rows, seed = self.splits.validation, self.options.seed
            predictor = load_form(place_of(folder, form), form, self.task.predictor)
            inputs = self.task.data.inputs(rows)
            scored, _ = self.task.scoring.score(predictor, inputs, rows, self.splits, recipe, seed)
            score, interval = scored["score"], scored["interval"]
        value = float("nan") if score is None else float(score)
        bounds = None if interval is None else (float(interval[0]), float(interval[1]))
        return Candidate(
            form=form,
            score=value,
            interval=bounds,
            bytes=bytes_of(place_of(folder, form), form),
            milliseconds=latency,
            **about,
        )

    def _weighed(
        self,
        usual: Callable[..., Prepared[Any]],
        latencies: dict[str, float],
        recipe: Recipe,
        arguments: TrainingOptions,
        saved: Path | None,
    ) -> Prepared[Any]:
        """Prepare a training, and refuse it where no form of the untrained model keeps the limits.

        Raises:
            DoesNotFit: that is so.
        """
        prepared = usual(recipe, arguments, saved, self.splits)
        forms = self._weighed_forms(prepared, arguments.folder)
        if not self._keep_limits(forms):
            raise DoesNotFit(_listed(forms))
        latencies |= {form: latency for form, (_, latency) in forms.items()}
        return prepared

    def _weighed_forms(self, prepared: Prepared[Any], folder: Path) -> dict[str, tuple[int, float]]:
        """Weigh an untrained model, unless one of its shape was weighed before."""
        config = {key: value for key, value in prepared.model.config.to_dict().items() if key != "transformers_version"}
        longest = getattr(prepared.processor, "model_max_length", None)
        key = digest("weighed, busy", config, len(prepared.processor), longest, self.splits.fingerprint, self.forms)
        known = self.measurements.get(key)
        if known is None:
            known = self._weigh(prepared, folder.with_name(f"{folder.name}.weighed"))
            self.measurements.keep(key, known)
        return {form: (int(size), latency) for form, (size, latency) in known.items()}

    def _weigh(self, prepared: Prepared[Any], folder: Path) -> dict[str, tuple[int, float]]:
        """Measure bytes and latency of every form of an untrained model: training changes neither."""
        shutil.rmtree(folder, ignore_errors=True)
        try:
            prepared.model.save_pretrained(folder)
            prepared.processor.save_pretrained(folder)
            forms = [TORCH]
            if set(self.forms) > {TORCH}:
                prepared.model.eval()
                forms += write_exports(folder, prepared.model, prepared.processor, self.task.name)
                prepared.model.train()
            return {form: (bytes_of(place_of(folder, form), form), self._latency(folder, form)) for form in forms}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _latency(self, folder: Path, form: str) -> float:
        predictor = load_form(place_of(folder, form), form, self.task.predictor)
        return float(f"{median_latency(predictor, self.inputs):.3g}")


def _listed(forms: Mapping[str, tuple[int, float]]) -> str:
    return "; ".join(f"{form} {size / 1e6:.2f} MB {ms:.3g} ms" for form, (size, ms) in forms.items())


def _length(updates: int) -> dict[str, Any]:
    """Say how long to train, with some validations on the way."""
    settings: dict[str, Any] = {"max_steps": updates}
    for what in ("eval", "save", "logging"):
        settings |= {f"{what}_strategy": "steps", f"{what}_steps": max(1, -(-updates // EVALUATIONS))}
    return settings


def _label(setting: Setting, folder: Path) -> str:
    """Say what was trained, with as many tokens and n-grams as there turned out to be."""
    if not setting.flags:
        return setting.label
    config = read_object(folder / "config.json")
    counted: dict[str, Any] = {name: config[name] for name in ("vocab_size", "num_ngrams") if name in config}
    return replace(setting, flags={**setting.flags, **counted}).label


def _usual(task: Task[Any]) -> str:
    """Name the model whose speed is measured."""
    return task.models.plain or str(task.recipe.__dataclass_fields__["model"].default)


def _tell(setting: Setting, outcome: Outcome, updates: int, seconds: float) -> None:
    how = f"{updates:,} updates, {seconds:.0f} s" if updates else f"{seconds:.0f} s"
    if outcome.reason is not None:
        logger.info(f"  {setting.label}: {outcome.reason}")
        return
    forms = [f"{each.form} {each.bytes / 1e6:.2f} MB {each.milliseconds:.2f} ms" for each in outcome.candidates]
    last = outcome.candidates[-1]
    logger.info(f"  {last.label}: {last.score:.2f} on validation ({'; '.join(forms)}; {how})")
