# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The feature extractor of sound: its frames are those of torch and scipy, and whatever holds a clip gives the same."""

import io

import numpy as np
import pytest
import scipy.fft
import soundfile
import torch
from transformers import AutoFeatureExtractor

from hf_seq.models import audio
from hf_seq.models.audio import read_clip, resample, to_mono
from hf_seq.models.feature_extraction_audio import FLOOR, AudioFeatureExtractor

RATE = 8_000


def clip(seconds=0.3, seed=0, rate=RATE):
    times = np.arange(round(rate * seconds)) / rate
    noise = np.random.default_rng(seed).normal(scale=0.01, size=len(times))
    return (0.4 * np.sin(2 * np.pi * 440 * times) + noise).astype(np.float32)


def extractor(**settings):
    return AudioFeatureExtractor(**{"feature_size": 20, "sampling_rate": RATE, **settings})


def test_frames_are_the_logarithms_of_what_torch_computes():
    made, samples = extractor(), clip()
    bank = made._bank
    framed = np.pad(samples.astype(np.float64), bank["frame_length"] // 2, mode="reflect")
    starts = range(0, len(framed) - bank["frame_length"] + 1, bank["hop_length"])
    expected = []
    for start in starts:
        frame = framed[start : start + bank["frame_length"]]
        frame = frame - frame.mean()
        frame = np.append(frame[0] * (1 - 0.97), frame[1:] - 0.97 * frame[:-1]) * np.hanning(len(frame) + 1)[:-1]
        power = torch.fft.rfft(torch.from_numpy(frame), n=bank["fft_length"]).abs().numpy() ** 2
        expected.append(np.log(np.maximum(power @ bank["mel_filters"], FLOOR)))
    found = made.to_frames(samples)
    np.testing.assert_allclose(found, np.array(expected), atol=1e-3)


def test_coefficients_are_the_cosine_transform_of_scipy():
    energies = extractor(feature_size=26).to_frames(clip())
    found = extractor(feature_size=13, num_mel_filters=26, frames="mfcc").to_frames(clip())
    np.testing.assert_allclose(found, scipy.fft.dct(energies, norm="ortho")[:, :13], atol=1e-4)


def test_a_louder_clip_is_the_same_where_frames_are_centered():
    made = extractor(center_frames=True)
    np.testing.assert_allclose(made.to_frames(clip()), made.to_frames(0.5 * clip()), atol=0.05)


def test_paths_bytes_samples_and_dicts_give_the_same(tmp_path):
    samples = clip()
    path = tmp_path / "one.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    given = [str(path), path, path.read_bytes(), samples, torch.from_numpy(samples), samples.tolist()]
    given += [{"array": samples, "sampling_rate": RATE}, {"raw": samples, "sampling_rate": RATE}]
    given += [{"bytes": path.read_bytes(), "path": None}, {"bytes": None, "path": str(path)}]
    wanted = extractor()(samples, return_tensors="np")["input_values"]
    for each in given:
        np.testing.assert_array_equal(extractor()(each, return_tensors="np")["input_values"], wanted)


def test_another_rate_is_brought_to_that_of_the_model():
    samples, rate = read_clip({"array": clip(rate=16_000), "sampling_rate": 16_000}, RATE)
    assert rate == 16_000
    assert len(samples) == len(clip())
    tone = clip(seed=1)
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(spectrum.argmax() * RATE / len(samples) - 440) < 5
    np.testing.assert_allclose(np.abs(np.fft.rfft(tone)).max(), spectrum.max(), rtol=0.02)


def test_tones_above_half_the_rate_do_not_come_back_as_others():
    high = np.sin(2 * np.pi * 6_000 * np.arange(16_000) / 16_000).astype(np.float32)
    assert np.abs(resample(high, 16_000, RATE)[100:-100]).max() < 0.01


@pytest.mark.parametrize("shape", [(2, 500), (500, 2)])
def test_channels_are_averaged_on_whichever_side_they_stand(shape):
    left, right = np.ones(500, np.float32), np.zeros(500, np.float32)
    stacked = np.stack([left, right], axis=shape.index(2))
    np.testing.assert_allclose(to_mono(stacked), 0.5)


def test_whole_numbers_are_scaled_to_one():
    np.testing.assert_allclose(to_mono(np.array([-32768, 16384], dtype=np.int16)), [-1.0, 0.5])
    np.testing.assert_allclose(to_mono(np.array([-32768, 16384])), [-1.0, 0.5])
    np.testing.assert_allclose(to_mono(np.array([0, 128, 192], dtype=np.uint8)), [-1.0, 0.0, 0.5])


def test_a_batch_is_padded_and_the_mask_says_where():
    found = extractor()([clip(0.3), clip(0.2)], sampling_rate=RATE, return_tensors="pt")
    lengths = found["attention_mask"].sum(1).tolist()
    assert lengths == [len(extractor().to_frames(clip(each))) for each in (0.3, 0.2)]
    assert not found["input_values"][1, lengths[1] :].any()


def test_it_comes_back_as_it_was_saved(tmp_path):
    made = extractor(frames="mfcc", num_mel_filters=30, center_frames=True, max_frequency=3_500.0)
    made.fit([made.to_frames(clip(seed=seed)) for seed in range(3)]).save_pretrained(tmp_path)
    again = AutoFeatureExtractor.from_pretrained(tmp_path)
    assert type(again) is AudioFeatureExtractor
    assert again.to_dict() == made.to_dict()
    np.testing.assert_array_equal(again(clip())["input_values"], made(clip())["input_values"])


def text_file():
    return io.BytesIO(b"this is no sound, but a line of text").getvalue()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nowhere.wav", "clip 0: there is no file nowhere.wav"),
        (text_file(), "cannot be read as sound .* use WAV, FLAC"),
        (np.zeros(4_000, np.float32), "silent: nothing can be heard"),
        (clip(0.01), "too short: 80 samples, 10.0 ms, where a frame alone has 200"),
        (np.zeros(0, np.float32), "empty: it has no samples"),
        (np.array([0.1, np.nan] * 400, np.float32), "not finite numbers"),
        ({"array": clip()}, "needs its sampling_rate"),
        ({"array": clip(), "sampling_rate": np.inf}, "sampling_rate=inf is none"),
        ({"array": clip(), "sampling_rate": 1}, "a clip of 1 samples a second cannot be brought to 8000"),
        ({"sound": 1}, "a clip is a dict of array and sampling_rate"),
        (np.array(["a"]), "samples must be numbers"),
    ],
)
def test_what_is_no_clip_is_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        extractor()([given])


def test_a_clip_of_another_rate_that_nobody_resampled_is_refused():
    with pytest.raises(ValueError, match="trained on 8,000 samples a second, and these have 16,000"):
        extractor()(clip(), sampling_rate=16_000)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"frames": "mel"}, "frames='mel' is none of log_mel, mfcc"),
        ({"sampling_rate": 0}, "is not a rate of sound"),
        ({"feature_size": 40, "num_mel_filters": 20, "frames": "mfcc"}, "cannot be made of num_mel_filters=20"),
        ({"hop_ms": 30.0}, "hop_ms=30.0 must be above 0 and not above frame_ms=25.0"),
        ({"max_frequency": 5_000.0}, "half the sampling rate"),
        ({"num_mel_filters": 5_000}, "num_mel_filters=5,000 is more than 1,024"),
        ({"frame_ms": 60_000.0}, "frames of 480,000 samples, more than 65,536"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        extractor(**settings)


def test_a_flac_that_claims_more_samples_than_memory_holds_is_refused(tmp_path):
    path = tmp_path / "claims.flac"
    soundfile.write(path, clip(), RATE)
    raw = bytearray(path.read_bytes())
    raw[21] |= 0x0F  # the number of samples, in 36 bits of the header
    raw[22:26] = b"\xff" * 4
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="it would have 68,719,476,735 samples, more than 268,435,456"):
        extractor()(path)


def test_a_clip_that_grows_beyond_memory_is_refused(monkeypatch):
    monkeypatch.setattr(audio, "MOST_SAMPLES", 10_000)
    with pytest.raises(ValueError, match="brought to 16,000 samples a second, would have 16,000 samples, more than"):
        audio.read_clip({"array": np.ones(8_000), "sampling_rate": 8_000}, 16_000)


def test_without_soundfile_files_are_refused_with_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "one.wav"
    soundfile.write(path, clip(), RATE)
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    with pytest.raises(ValueError, match=r"pip install 'hf_seq\[audio\]'"):
        extractor()(path)
