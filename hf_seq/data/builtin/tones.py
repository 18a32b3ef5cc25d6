# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:tones`: made-up sounds of five kinds, which differ in how their pitch moves, not in pitch or loudness.

Each clip is a tone with overtones of random pitch, length, loudness and place in noise: it stays (`steady`), `rise`s,
`fall`s, wavers (`vibrato`), or comes in beats (`pulse`). Mean spectra overlap; what happens in time is the class.
"""

from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table

RATE = 8_000
KINDS = ["steady", "rise", "fall", "vibrato", "pulse"]
"""The classes, in id order."""
SIZES = {"train": (500, 0), "validation": (100, 1), "test": (200, 2)}
SHORTEST, LONGEST = 0.35, 0.7  # seconds
LOWEST, HIGHEST = 250.0, 1_000.0  # Hz


def make_tones(rows: int, seed: int) -> list[dict[str, Any]]:
    """Make labelled clips; the same rows for the same arguments, everywhere.

    Args:
        rows: how many.
        seed: of everything random.

    Returns:
        Dicts with `audio`, a dict of `array` (N,) float32 and `sampling_rate`, and `label`, an id in `KINDS`.
    """
    random = np.random.default_rng([seed, 3301])
    return [_make_tone(random, row % len(KINDS)) for row in random.permutation(rows)]


def _make_tone(random: np.random.Generator, label: int) -> dict[str, Any]:
    samples = int(RATE * random.uniform(SHORTEST, LONGEST))
    times = np.arange(samples) / samples  # from 0 to 1
    seconds = samples / RATE
    pitch = random.uniform(np.log2(LOWEST), np.log2(HIGHEST)) + np.zeros(samples)  # octaves
    loud = np.ones(samples)
    kind = KINDS[label]
    if kind in ("rise", "fall"):
        pitch += random.uniform(0.4, 0.9) * (times - 0.5) * (1 if kind == "rise" else -1)
    elif kind == "vibrato":
        pitch += random.uniform(0.1, 0.25) * np.sin(
            2 * np.pi * (random.uniform(6, 10) * seconds * times + random.random())
        )
    elif kind == "pulse":
        loud *= np.sin(2 * np.pi * (random.uniform(6, 10) * seconds * times + random.random())) > 0
    phase = 2 * np.pi * np.cumsum(2**pitch) / RATE
    overtones = random.uniform(0.1, 0.6, size=3)
    tone = np.sin(phase) + sum(share * np.sin(number * phase) for number, share in enumerate(overtones, 2))
    edge = np.minimum(1, np.minimum(times, 1 - times) * 20)
    level = 10 ** random.uniform(-1.2, -0.3)
    clip = level * tone * loud * edge / 2.5 + random.normal(scale=level * random.uniform(0.02, 0.25), size=samples)
    return {"audio": {"array": clip.astype(np.float32), "sampling_rate": RATE}, "label": label}


def read_builtin_tones() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return a table per split, and the names of labels."""
    tables = {}
    for split, (rows, seed) in SIZES.items():
        made = make_tones(rows, seed)
        tables[split] = Table({name: [row[name] for row in made] for name in ("audio", "label")})
    return tables, {"label": KINDS}
