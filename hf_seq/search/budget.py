# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How minutes become updates: the speed of this machine is measured once, kept, and decides from then on.

A search that looked at the clock would decide otherwise each time: after a kill, on a busy machine, for the same seed.
So a short training of the usual model is timed on the data, the figure is kept in the output folder and, for the next
search on the same data, in hf_seq's cache. All later choices (how long a model is trained, when to stop) count updates.
"""

import hashlib
import json
import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.files.writing import write_json
from hf_seq.reports.environment import describe_machine, describe_versions
from hf_seq.search.space import Setting, recurrent_weights

RUNGS = (1 / 9, 1 / 3, 1.0)
"""Shares of a whole training after which the worse two thirds are given up."""
FEWEST_WHOLE, FEWEST_SHORT = 8, 3
"""Whole trainings that a budget should hold: where it does not, all are made shorter; and where that would leave less
than half of the usual length, since few models that have learned say more than many that have not."""
SHORTEST = 30
"""Updates of a training at least."""
OVERTIME = 2
"""Times the minutes after which a search on a busy machine ends, though its updates are not spent."""
KEPT_BACK = 0.1
"""Share of the minutes for the baselines, the last measurements and the test rows."""


@dataclass(frozen=True)
class Speed:
    """What a training costs on this machine with these data.

    Attributes:
        update: seconds of an update of the usual model.
        overhead: seconds of reading, measuring and scoring, whatever is trained.
    """

    update: float
    overhead: float

    @property
    def rounded(self) -> "Speed":
        """The same with two digits, so that it is easily said."""
        return Speed(*(float(f"{each:.2g}") for each in (self.update, self.overhead)))


@dataclass
class Budget:
    """Counts what is spent, in seconds that the measured speed foretells.

    Attributes:
        seconds: all there are.
        speed: of this machine.
        usual: updates of a whole training, were there no budget.
        taught: of the seconds, those that a teacher takes.
        spent: so far, beside the teacher.
        started: by the clock, when there was nothing spent.
        begun: by the clock, when the first training began.
        trained: whether a model was, to its end: until then there is none, since a search without one is of no use.
        late: whether the clock has ended the search.
    """

    seconds: float
    speed: Speed
    usual: int
    taught: float = 0.0
    spent: float = 0.0
    started: float = field(default_factory=time.monotonic)
    begun: float | None = None
    trained: bool = False
    late: bool = False

    @property
    def free(self) -> float:
        """Seconds for trainings."""
        return (self.seconds - self.taught) * (1 - KEPT_BACK)

    def is_too_late(self, seconds: float) -> bool:
        """Say whether a training would end after the overtime by the clock, on a machine as busy as it was so far."""
        now = time.monotonic()
        self.begun = now if self.begun is None else self.begun
        busy = max(1.0, (now - self.begun) / self.spent) if self.spent else 1.0
        return self.trained and now + busy * seconds > self.started + OVERTIME * self.seconds

    @property
    def reserve(self) -> float:
        """Seconds that are kept for a look beyond the limits."""
        return 2 * (self.speed.overhead + self.updates(1) * self.speed.update)

    @property
    def whole(self) -> int:
        """Updates of a whole training, short enough for some to fit."""
        many, few = (self._fitting(number) for number in (FEWEST_WHOLE, FEWEST_SHORT))
        return max(SHORTEST, min(self.usual, max(many, min(few, self.usual // 2))))

    def _fitting(self, number: int) -> int:
        """Count the updates of each of so many trainings that take all there is."""
        return int(max(0.0, self.free / number - self.speed.overhead) / self.speed.update)

    def updates(self, rung: int) -> int:
        """Return how many updates a rung makes."""
        return max(math.ceil(SHORTEST * RUNGS[rung]), round(self.whole * RUNGS[rung]))

    def price(self, setting: Setting, updates: int) -> float:
        """Foretell the seconds of a training."""
        return self.speed.overhead + updates * self.speed.update * weight_of(setting)

    def pay(self, seconds: float, reserve: bool = False) -> bool:
        """Take a sum from what is left, or from the reserve, too, and say whether it was there."""
        left = self.free - (0 if reserve else self.reserve)
        self.late = self.late or self.is_too_late(seconds)
        if self.trained and (self.late or self.spent + seconds > left):
            return False
        self.spent += seconds
        return True


def weight_of(setting: Setting) -> float:
    """Estimate what an update costs against one of the usual model: half is there whatever the width."""
    usual = recurrent_weights("bilstm", 256, 128)
    widths = setting.flags.get("hidden_size", 256), setting.flags.get("embedding_size", 128)
    return 0.5 + 0.5 * recurrent_weights(setting.family, *widths) / usual


class Measurements:
    """Figures of this machine that decide a search, kept so that the same search decides alike again.

    Args:
        folder: of hf_seq's cache; `HF_SEQ_CACHE` or ~/.cache/hf_seq if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        home = folder or Path(os.environ.get("HF_SEQ_CACHE", "~/.cache/hf_seq")).expanduser()
        about = {**describe_machine(), **describe_versions(), "threads": os.environ.get("OMP_NUM_THREADS")}
        self.path = home / "fit" / f"{digest(about)}.json"
        self._about = about

    def get(self, key: str) -> Any:
        """Return a figure; None if it was not measured yet."""
        return self._read().get(key)

    def keep(self, key: str, value: Any) -> None:
        """Keep a figure; a cache that cannot be written is done without."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self.path, {"about": self._about, **self._read(), key: value})

    def _read(self) -> dict[str, Any]:
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}


def in_minutes(minutes: float) -> str:
    """Write a number of minutes.

    Example:
        >>> in_minutes(1), in_minutes(0.5)
        ('1 minute', '0.5 minutes')
    """
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"


def digest(*parts: Any) -> str:
    """Return a short name for facts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
