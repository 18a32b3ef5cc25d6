# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The teacher of a search: what it takes is foretold from a few texts, and one that takes too long is left out.

Nobody waits for a teacher: fine-tuning it and asking it are paid from the minutes of the search, half of them at most.
What was foretold stands in fit.json and in hf_seq's cache, so that the same search decides alike again.
"""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.files.pretrained import find_pretrained
from hf_seq.files.writing import write_json
from hf_seq.progress import logger
from hf_seq.reports.table import duration
from hf_seq.search.budget import OVERTIME, digest, in_minutes
from hf_seq.search.folder import FIT_NAME
from hf_seq.search.runs import Workshop
from hf_seq.tasks.distillation import usual_augmented
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.updates import EVALUATIONS

SHARE = 0.5
"""Of the minutes, for a teacher at most."""
TEXTS = 32
BACKWARD = 3
"""A step of training against an answer."""
TEACHER = "teacher_seconds"
"""Key of fit.json."""


@dataclass(frozen=True)
class Price:
    """What a teacher takes.

    Attributes:
        seconds: that it keeps a thread busy.
        clock: the same by the clock, while other programs run beside it.
        deed: what it would do, in words.
    """

    seconds: float
    clock: float
    deed: str


def invite(workshop: Workshop, facts: dict[str, Any], *, headless: bool) -> float:
    """Make the teacher of a search ready, or leave it out.

    Args:
        workshop: of the search; its teacher becomes the fine-tuned one, or nobody.
        facts: of fit.json, which keeps what was foretold.
        headless: whether it is to be fine-tuned first.

    Returns:
        Seconds of the minutes that it takes; 0 without one.
    """
    if workshop.teacher is None:
        return 0.0
    if TEACHER not in facts:
        facts[TEACHER] = vars(foretell(workshop, headless=headless))
        write_json(Path(workshop.options.output) / FIT_NAME, facts)
    price, name = Price(**facts[TEACHER]), str(workshop.options.teacher)
    reason = why_not(price, workshop.options.minutes)
    if reason is not None:
        logger.info(f"  the teacher {name} is left out: {reason}")
        facts["teacher_left_out"] = reason
        workshop.teacher = None
        return 0.0
    logger.info(f"  the teacher {name}: {price.deed}, about {duration(price.seconds)} of the minutes")
    if headless:
        workshop.teacher = str(workshop.fine_tuned(name))
    return price.seconds


def why_not(price: Price, minutes: float) -> str | None:
    """Say why a teacher is left out; None where it fits.

    Example:
        >>> why_not(Price(80.0, 80.0, "asking it"), 2)
        'asking it takes about 80.0 s, and half of 2 minutes is the most; give --minutes 3, or leave --teacher out.'
    """
    if price.seconds > SHARE * 60 * minutes:
        enough = math.ceil(price.seconds / SHARE / 60)
        return (
            f"{price.deed} takes about {duration(price.seconds)}, and half of {in_minutes(minutes)} is the most; "
            f"give --minutes {enough}, or leave --teacher out."
        )
    if price.clock > OVERTIME * SHARE * 60 * minutes:
        return (
            f"this machine is busy, and {price.deed} would take {duration(price.clock)} by the clock; try again when "
            f"it has time, or give --minutes {math.ceil(price.clock / OVERTIME / SHARE / 60)}."
        )
    return None


def foretell(workshop: Workshop, *, headless: bool) -> Price:
    """Time a teacher on a few texts, and foretell what all of it takes."""
    seconds, clock = _seconds_of_a_text(workshop)
    rows, validation = len(workshop.splits.train), len(workshop.splits.validation)
    texts: float = rows + usual_augmented(rows)
    deed = "asking it"
    if headless:
        recipe, arguments = workshop.teacher_recipe(str(workshop.teacher))
        batch = arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps
        updates = _updates(recipe, arguments, rows, batch)
        passes = min(EVALUATIONS, math.ceil(updates * batch / rows))
        texts += BACKWARD * updates * batch + passes * validation
        deed = "fine-tuning and asking it"
    return Price(float(f"{texts * seconds:.2g}"), float(f"{texts * clock:.2g}"), deed)


def _updates(recipe: Recipe, arguments: Any, rows: int, batch: int) -> int:
    if arguments.max_steps > 0:
        return int(arguments.max_steps)
    return max(round(arguments.num_train_epochs * math.ceil(rows / batch)), recipe.min_updates or 0)


def _seconds_of_a_text(workshop: Workshop) -> tuple[float, float]:
    """Return the seconds that an answer keeps this thread busy, as measured once, and by the clock now."""
    key = digest("teacher", str(workshop.options.teacher), workshop.splits.fingerprint)
    known = workshop.measurements.get(key)
    busy, clock = _timed(str(workshop.teacher), workshop.task.data.inputs(workshop.splits.train)[:TEXTS])
    if known is None:
        workshop.measurements.keep(key, busy)
        known = busy
    return known, max(known, clock)


def _timed(name: str, texts: list[Any]) -> tuple[float, float]:
    """Have a model read texts after a warm-up: seconds of a text that the thread was busy, and by the clock."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    path = str(find_pretrained(name).path)
    model, tokenizer = AutoModel.from_pretrained(path).eval(), AutoTokenizer.from_pretrained(path)
    plain = [each if isinstance(each, str) else " ".join(each) for each in texts]
    batch = tokenizer(plain, truncation=True, max_length=128, padding=True, return_tensors="pt")
    with torch.inference_mode():
        model(**{key: value[:2] for key, value in batch.items()})
        busy, clock = time.thread_time(), time.perf_counter()
        model(**batch)
    return (time.thread_time() - busy) / len(texts), (time.perf_counter() - clock) / len(texts)
