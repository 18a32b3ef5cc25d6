# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips of sound that nobody should record, and the command lines that read them, drawn by a seed."""

import io
import random
import struct

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .formats import as_json, cut, damaged, noise, value
from .verbs import TINY, Case

LABELS = ("rise", "fall")  # two of what the listener knows
ODDITIES = (
    [], [], [], [], ["--silent", "keep"], ["--silent", "keep"],
    ["--sampling_rate", "501"], ["--sampling_rate", "400000"], ["--sampling_rate", "0"], ["--audio_column", "nope"],
    ["--frame_ms", "0.001"], ["--frame_ms", "1e9"], ["--frame_ms", "nan"], ["--hop_ms", "1e-9"], ["--hop_ms", "inf"],
    ["--num_mel_filters", "1000000"], ["--num_mel_filters", "1"], ["--frames", "mfcc", "--num_coefficients", "99"],
    ["--max_seconds", "1e-9"], ["--max_seconds", "inf"], ["--augmentation", "nope"], ["--silent", "keep"],
)  # fmt: skip


def wav(rng: random.Random) -> bytes:
    """Draw a WAV file, half of them sound, whose header says anything."""
    lies = rng.random() < 0.5
    form, channels, rate, bits = 1, 1, 8_000, 16
    if lies:
        form, bits = rng.choice((1, 3, 6, 7, 0xFFFE, 0)), rng.choice((0, 7, 8, 16, 24, 32, 64))
        channels, rate = rng.choice((0, 1, 2, 1024, 65_535)), rng.choice((0, 1, 8_000, 44_100, 2**31 - 1))
    samples = rng.choice((0, 1, 90, 4_000, 4_000, 4_000))
    loud = rng.randbytes(samples * 2)
    body = rng.choice((b"\x00" * samples * 2, loud, loud, b"\xff\xff\xff\x7f" * (samples // 2)))
    size = rng.choice((2**32 - 1, 0, 2**31)) if lies and rng.random() < 0.5 else len(body)
    width = channels * bits // 8
    head = struct.pack("<HHIIHH", form, channels, rate, rate * width % 2**32, width % 2**16, bits)
    raw = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", size) + body
    return damaged(rng, b"RIFF" + struct.pack("<I", len(raw)) + raw)


def packed_clip(rng: random.Random, kind: str) -> bytes:
    """Draw a file of sound that libsndfile writes; a FLAC may claim more samples than there are bytes on any disk."""
    import soundfile

    sink = io.BytesIO()
    loud = np.sin(np.arange(rng.choice((200, 4_000))) / 9) * rng.choice((0.0, 0.5))
    soundfile.write(sink, loud, rng.choice((8_000, 44_100)), format=kind)
    raw = bytearray(sink.getvalue())
    if kind == "FLAC" and rng.random() < 0.4:
        raw[21:26] = rng.choice((b"\xff\xff\xff\xff\xff", b"\x00" * 5, b"\xf0\x00\x00\x00\x01"))
    return damaged(rng, bytes(raw))


def clip(rng: random.Random) -> tuple[str, bytes]:
    """Draw the ending and the bytes of a clip."""
    kind = rng.choice((".wav", ".wav", ".wav", ".flac", ".mp3", ".aiff"))
    if rng.random() < 0.05:
        return kind, noise(rng)
    return kind, wav(rng) if kind == ".wav" else packed_clip(rng, kind[1:].upper())


def folder(rng: random.Random) -> dict[str, bytes]:
    """Draw clips in a folder a class."""
    files, broken = {}, rng.choice((0.0, 0.1, 1.0))
    for number in range(rng.choice((2, 30))):
        kind, raw = clip(rng) if rng.random() < broken else (".wav", sound(rng))
        files[f"clips/{LABELS[number % 2]}/{number}{kind}"] = raw
    return files


def sound(rng: random.Random) -> bytes:
    """Draw a clip that is as it should be."""
    body = (np.sin(np.arange(3_000) / rng.uniform(3, 30)) * 9_000).astype("<i2").tobytes()
    head = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    raw = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(raw)) + raw


def table(rng: random.Random, clips: dict[str, bytes]) -> dict[str, bytes]:
    """Draw a table of clips: their paths, their bytes, or their samples."""
    odd = ("../../etc/passwd", "/dev/zero.wav", "nope.wav", "", "http://127.0.0.1:9/a.wav", "clips", "\x00.wav")
    paths = [rng.choice(odd) if rng.random() < 0.1 else name for name in clips]
    labels = [LABELS[number % 2] for number in range(len(paths))]
    kind = rng.random()
    if kind < 0.4:
        lines = [f"{path},{label}" for path, label in zip(paths, labels, strict=True)]
        return {"odd.csv": "\n".join(["audio,label", *lines]).encode()}
    if kind < 0.7:
        held = [{"bytes": raw, "path": None} if rng.random() < 0.9 else None for raw in clips.values()]
        sink = io.BytesIO()
        pq.write_table(pa.table({"audio": held, "label": labels}), sink)
        return {"odd.parquet": damaged(rng, sink.getvalue())}
    rows = []
    for label in labels:
        samples = value(rng) if rng.random() < 0.2 else [0.1, -0.1] * rng.choice((1, 900))
        given = {"array": samples, "sampling_rate": rng.choice((8_000, 8_000, 0, -1, 1e300, None, "x", 10**30))}
        rows.append({"audio": rng.choice((given, given, samples)), "label": label})
    raw = b"\n".join(map(as_json, rows))
    return {"odd.jsonl": cut(rng, raw) if rng.random() < 0.2 else raw}


def audio(rng: random.Random) -> Case:
    """Draw a verb over clips: a folder of them, a table, or one file."""
    clips = folder(rng)
    files = clips if rng.random() < 0.5 else clips | table(rng, clips)
    data = next((name for name in files if name.startswith("odd")), "clips")
    words = rng.choice(
        (
            ["check", data, "--task", "audio"],
            ["check", data, "--task", "audio", *rng.choice(ODDITIES)],
            ["predict", "listener", "--data", data],
            ["predict", "listener", "--file", next(iter(clips))],
            ["predict", "listener", *list(clips)[:3]],
            ["trace", "listener", "--file", next(iter(clips))],
            ["evaluate", "listener", "--data", data],
            ["train", "--task", "audio", "--data", data, "--output_dir", "out", *rng.choice(ODDITIES), "--model",
             rng.choice(("conv", "gru", "statistics")), *TINY],
        )
    )  # fmt: skip
    return Case(list(words), files)
