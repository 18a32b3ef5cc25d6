# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Each leak and each label that is off, planted once, is found by `hf-seq check`; sound data are left in peace."""

import json
import random
from itertools import pairwise, product

import numpy as np
import pytest

from hf_seq.data.closer_look import broken_word
from hf_seq.data.near_duplicates import LEAST, NearDuplicates
from hf_seq.tasks.registry import reading_recipe, task_named

SUBJECTS = ["the", "a", "one", "this", "that", "our", "their", "his", "her", "every"]
NOUNS = [
    "dinner",
    "film",
    "hotel",
    "train",
    "garden",
    "lecture",
    "concert",
    "phone",
    "market",
    "holiday",
    "river",
    "letter",
    "engine",
    "cottage",
]
VERBS = ["was", "seemed", "looked", "became", "remained", "felt", "sounded", "proved"]
PLACES = [
    "in spring",
    "by night",
    "at noon",
    "on Sunday",
    "near Rome",
    "after lunch",
    "for years",
    "with friends",
    "all along",
    "as ever",
]
WORDS = {"good": ["lovely", "great", "fine", "superb"], "bad": ["awful", "poor", "dull", "dreadful"]}


def sentences(count, seed=0):
    """Short reviews with many words of their own, and the label that one word gives."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        label = draw.choice(["good", "bad"])
        extra = " ".join(
            f"{draw.choice('bcdfgklmnprst')}{draw.choice('aeiou')}{draw.randrange(999)}x" for _ in range(6)
        )
        text = f"{draw.choice(SUBJECTS)} {draw.choice(NOUNS)} {draw.choice(VERBS)} {draw.choice(WORDS[label])}"
        rows.append({"text": f"{text} {draw.choice(PLACES)} {extra}", "label": label, "author": f"a{number % 40}"})
    return rows


def write(folder, splits):
    folder.mkdir(exist_ok=True)
    for name, rows in splits.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def looked_at(task, folder, **columns):
    chosen = task_named(task)
    splits = chosen.data.load(reading_recipe(task, str(folder), columns), strict=False)
    report = chosen.data.check(splits)
    chosen.data.look_closer(report, splits)
    return {finding.code: str(finding) for finding in [*report.errors, *report.warnings]}, report.facts


def three(rows=None):
    rows = sentences(1200) if rows is None else rows
    train, validation, test = rows[:800], rows[800:1000], rows[1000:]
    for part, letter in ((validation, "v"), (test, "t")):
        for row in part:
            row["author"] = letter + row["author"]
    return {"train": train, "validation": validation, "test": test}


def test_sound_texts_are_left_in_peace(tmp_path):
    found, facts = looked_at("classification", write(tmp_path / "x", three()), text_column="text")
    assert found == {}
    assert not any("nearly" in fact or "encoding" in fact for fact in facts)


def near_copies(splits):
    for row, twin in zip(splits["test"][:20], splits["train"], strict=False):
        row["text"] = twin["text"].replace(" was ", " was really ").upper() + " !!"
    return splits


def shifted(name):
    def plant(splits):
        labels = [row["label"] for row in splits[name]]
        for row, label in zip(splits[name], [labels[-1], *labels], strict=False):
            row["label"] = label
        return splits

    return plant


def flipped(splits):
    draw = random.Random(1)
    copies = [
        {"text": f"{row['text']} {ending}", "label": row["label"]} for row in splits["train"][:150] for ending in "abcd"
    ]
    for row in draw.sample(copies, 18):  # 3 %
        row["label"] = "bad" if row["label"] == "good" else "good"
    draw.shuffle(copies)
    return splits | {"train": copies}


def put(name, **values):
    def plant(splits):
        for row in splits[name]:
            row.update({key: value(row) if callable(value) else value for key, value in values.items()})
        return splits

    return plant


def mojibake(splits):
    for row in splits["train"][:10]:
        row["text"] += " in a café".encode().decode("latin1")
    return splits


PLANTED = {
    "near-duplicates": (near_copies, "20 of 200 test texts"),
    "labels-shifted": (shifted("test"), "the labels of test fit the row before theirs"),
    "label-doubtful": (flipped, "train rows have another label than all rows that are nearly the same"),
    "test-constant": (put("test", label="good"), "every test row has the same label"),
    "text-repeated": (lambda splits: splits | {"train": splits["train"] + splits["train"][:30]}, "again in 30 rows"),
    "wrong-encoding": (mojibake, "10 texts"),
    "groups-shared": (put("test", author=lambda row: row["author"][1:]), "have a 'author' that train has"),
    "label-given-away": (put("train", text=lambda row: f"{row['text']} xx{row['label']}"), "'xxgood' (good)"),
    "texts-are-ids": (put("train", text=lambda row: f"TX-{abs(hash(row['text'])) % 9999}"), "--text_column"),
    "overlap": (lambda splits: splits | {"test": splits["test"] + splits["train"][:9]}, "9 of 209 test texts"),
}


@pytest.mark.parametrize("code", PLANTED)
def test_what_is_planted_in_texts_is_found(tmp_path, code):
    plant, words = PLANTED[code]
    found, _ = looked_at("classification", write(tmp_path / "x", plant(three())), text_column="text")
    assert words in found[code]


def test_shifted_train_labels_and_those_of_the_only_file_are_found(tmp_path):
    found, _ = looked_at("classification", write(tmp_path / "x", shifted("train")(three())), text_column="text")
    assert "the labels of train fit the row before theirs" in found["labels-shifted"]
    alone = shifted("train")({"train": sentences(1200)})
    found, _ = looked_at("classification", write(tmp_path / "y", alone), text_column="text")
    assert "labels-shifted" in found


@pytest.mark.parametrize("seed", range(6))
def test_labels_that_no_text_tells_are_not_called_shifted(tmp_path, seed):
    """Labels drawn at random fit no row, so that rows beside them fit now and then better by chance."""
    draw = random.Random(seed)
    rows = [{"text": row["text"], "label": draw.choice("abcde")} for row in sentences(200, seed)]
    found, _ = looked_at("classification", write(tmp_path / "x", {"train": rows}), text_column="text")
    assert "labels-shifted" not in found
    assert "labels-renumbered" not in found


def test_a_column_of_authors_is_pointed_at_where_rows_are_cut(tmp_path):
    folder = write(tmp_path / "x", {"train": sentences(400)})
    found, _ = looked_at("classification", folder, text_column="text")
    assert "--group_column author" in found["groups-possible"]
    named, _ = looked_at("classification", folder, text_column="text", group_column="author")
    assert "groups-possible" not in named
    refused, _ = looked_at("classification", folder, text_column="text", group_column="none")
    assert "groups-possible" not in refused


def test_authors_that_are_the_label_are_no_group(tmp_path):
    folder = write(tmp_path / "x", {"train": sentences(400)})
    found, _ = looked_at("classification", folder, text_column="text", label_column="author")
    assert "groups-possible" not in found


def test_a_text_column_in_the_place_of_the_label_is_found(tmp_path):
    splits = three()
    for rows in splits.values():
        rows[:] = [{"text": row["label"], "label": row["text"]} for row in rows]
    found, _ = looked_at("classification", write(tmp_path / "x", splits), text_column="text", label_column="label")
    assert "each other's place" in found["columns-exchanged"]


def test_near_duplicates_are_those_that_comparing_all_pairs_finds():
    texts = [row["text"] for row in sentences(60)] + [row["text"] + " again" for row in sentences(20)]
    near = NearDuplicates(texts)

    def elements(text):
        words = text.casefold().split()
        return {*words, *(f"{a} {b}" for a, b in pairwise(words))}

    for text, (place, other) in zip(texts, enumerate(texts), strict=True):
        mine, all_of = elements(text), list(map(elements, texts))
        expected = [n for n, each in enumerate(all_of) if len(mine & each) >= LEAST * len(mine | each)]
        assert list(near.of(text)) == expected, (place, other)


def test_words_in_a_wrong_encoding_are_told_from_accents():
    for word in ("café", "Ärger", "naïve", "Ångström", "日本", "👍", "“quoted”"):
        assert broken_word(f"a {word} b") is None
    for word in ("café", "Ärger", "naïve", "“quoted”", "👍"):
        assert broken_word("a " + word.encode().decode("latin1")) is not None
    assert broken_word("cut off caf\ufffd")


SOURCES = [
    "ich",
    "du",
    "er",
    "sie",
    "wir",
    "sehe",
    "kaufe",
    "nehme",
    "bringe",
    "einen",
    "roten",
    "alten",
    "Hut",
    "Ball",
    "Wagen",
    "heute",
    "morgen",
    "gerne",
    "nicht",
]
TARGETS = [
    "I",
    "you",
    "he",
    "she",
    "we",
    "see",
    "buy",
    "take",
    "bring",
    "a",
    "red",
    "old",
    "hat",
    "ball",
    "car",
    "today",
    "tomorrow",
    "gladly",
    "not",
]


def translations(count):
    draw = random.Random(0)
    rows = [[draw.randrange(len(TARGETS)) for _ in range(draw.randrange(4, 25))] for _ in range(count)]
    return [{"de": " ".join(SOURCES[n] for n in row), "en": " ".join(TARGETS[n] for n in row)} for row in rows]


def pairs(plant=lambda splits: splits):
    rows = translations(900)
    return plant({"train": rows[:600], "validation": rows[600:750], "test": rows[750:]})


def swap_sides(splits):
    for row in splits["test"][:20]:
        row["de"], row["en"] = row["en"], row["de"]
    return splits


def shift_targets(splits):
    targets = [row["en"] for row in splits["train"]]
    for row, target in zip(splits["train"], targets[1:], strict=False):
        row["en"] = target
    return splits


@pytest.mark.parametrize(
    ("code", "plant", "words"),
    [
        ("sides-exchanged", swap_sides, "20 of 150 test pairs"),
        ("targets-shifted", shift_targets, "the targets of train are as long as the sources after theirs"),
    ],
)
def test_what_is_planted_in_pairs_is_found(tmp_path, code, plant, words):
    columns = {"source_column": "de", "target_column": "en"}
    sound, _ = looked_at("seq2seq", write(tmp_path / "sound", pairs()), **columns)
    assert code not in sound
    found, _ = looked_at("seq2seq", write(tmp_path / "x", pairs(plant)), **columns)
    assert words in found[code]


def tagged(plant=lambda words, tags: (words, tags)):
    draw = random.Random(0)
    kinds = {"DET": SUBJECTS, "NOUN": NOUNS, "VERB": VERBS, "ADJ": WORDS["good"]}
    rows = []
    for number in range(300):
        order = draw.choices(list(kinds), k=draw.randrange(5, 12))
        words, tags = plant([draw.choice(kinds[kind]) for kind in order], order)
        rows.append({"id": number, "tokens": words, "tags": tags})
    return rows


def test_tags_that_are_shifted_by_a_word_are_found(tmp_path):
    sound, _ = looked_at("tagging", write(tmp_path / "sound", {"train": tagged()}))
    assert "tags-shifted" not in sound
    rows = tagged(lambda words, tags: (words, [tags[-1], *tags[:-1]]))
    found, _ = looked_at("tagging", write(tmp_path / "x", {"train": rows}))
    assert "fit the word before theirs" in found["tags-shifted"]


def test_sentences_of_one_even_length_are_no_shift(tmp_path):
    rows = [{"tokens": ["we", "met", "Ada", str(n)], "tags": ["O", "V", "B-PER", "N"]} for n in range(60)]
    found, _ = looked_at("tagging", write(tmp_path / "x", {"train": rows}))
    assert "tags-shifted" not in found


def test_words_and_tags_in_each_others_place_are_found(tmp_path):
    rows = tagged(lambda words, tags: (tags, [f"{word}{n % 7}" for n, word in enumerate(words)]))
    found, _ = looked_at("tagging", write(tmp_path / "x", {"train": rows}))
    assert "--tokens_column" in found["columns-exchanged"]


def series(plant=lambda splits: splits, count=400):
    draw = np.random.default_rng(0)
    rows = []
    for number in range(count):
        label = int(draw.integers(3))
        steps = draw.normal([label * 2, 50], 1.0, (20, 2)).round(4)
        rows.append({"series": steps.tolist(), "label": label, "n": number})
    return plant({"train": rows[:250], "validation": rows[250:325], "test": rows[325:]})


def overlapping(splits):
    for row, other in zip(splits["test"][:10], splits["train"], strict=False):
        row["series"] = other["series"][8:] + row["series"][:8]
    return splits


def crossed(splits):
    for row in splits["test"]:
        row["series"] = [step[::-1] for step in row["series"]]
    return splits


def told(splits):
    for rows in splits.values():
        for row in rows:
            row["series"] = [[*step, row["label"] * 10] for step in row["series"]]
    return splits


def renumbered(splits):
    for row in splits["test"]:
        row["label"] = (row["label"] + 1) % 3
    return splits


SERIES = {
    "windows-overlap": (overlapping, "10 of 75 test series share 8 steps or more"),
    "channels-exchanged": (crossed, "'channel 0' and 'channel 1' of test"),
    "label-given-away": (told, "channel 2 tells the label by itself"),
    "labels-shifted": (shifted("test"), "the labels of test fit the row before"),
    "labels-renumbered": (renumbered, "check how each file numbers its labels"),
    "test-constant": (put("test", label=1), "every test row has the same label"),
}


@pytest.mark.parametrize("code", SERIES)
def test_what_is_planted_in_series_is_found(tmp_path, code):
    plant, words = SERIES[code]
    found, _ = looked_at("series", write(tmp_path / "x", series(plant)), label_column="label")
    assert words in found[code]


def test_sound_series_are_left_in_peace(tmp_path):
    found, _ = looked_at("series", write(tmp_path / "x", series()), label_column="label")
    assert set(found) <= {"test-small"}


def test_windows_of_one_recording_are_found_in_a_cut_of_any_kind(tmp_path):
    walk = np.random.default_rng(0).normal(size=2000).cumsum().round(3)
    rows = [
        {"series": walk[n : n + 40, None].tolist(), "label": int(walk[n + 39] > walk[n])} for n in range(0, 1960, 10)
    ]
    found, _ = looked_at("series", write(tmp_path / "x", {"train": rows}))
    assert "--window" in found["windows-overlap"]


def test_series_of_few_values_are_no_overlap(tmp_path):
    bits = [list(map(list, zip(row, strict=True))) for row in product([0, 1], repeat=9)]
    rows = [{"series": row * 2, "label": sum(step[0] for step in row) % 2} for row in bits]
    found, _ = looked_at("series", write(tmp_path / "x", {"train": rows}))
    assert "windows-overlap" not in found
