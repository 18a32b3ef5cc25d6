# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models that start from word vectors: words that only the file has are read by what their vectors say."""

import csv
import dataclasses
import json
import random

import numpy as np
import pytest
import torch

from hf_seq import Predictor
from hf_seq.tasks.classification.task import ARCHITECTURES
from hf_seq.tasks.pretrained_vectors import width_fields
from hf_seq.tasks.text_encoding import word_tokenizer
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.preparation import prepare
from hf_seq.train.recipe_files import read_recipe
from hf_seq.train.run_folder import RUN_STATE
from hf_seq.train.running import train

WIDTH = 8
SEEN = {"positive": ["good", "fine", "great"], "negative": ["bad", "poor", "awful"]}
UNSEEN = {"positive": ["superb", "lovely", "brilliant"], "negative": ["dreadful", "horrid", "dull"]}
FILL = ["the", "film", "was", "very", "plot"]
TINY = {"hidden_size": 16, "learning_rate": 0.01, "num_train_epochs": 12, "bf16": False, "disable_tqdm": True}
TINY |= {"per_device_train_batch_size": 16}


def table():
    """Words to vectors: what a word means is said by its first number alone."""
    draw = np.random.default_rng(0)
    meaning = {word: sign for kind in (SEEN, UNSEEN) for sign, words in enumerate(kind.values()) for word in words}
    return {
        word: np.r_[0.2 * (1 - 2 * meaning[word]) if word in meaning else 0.0, draw.normal(0, 0.02, WIDTH - 1)] + 0.3
        for word in [*FILL, *meaning, "elsewhere"]
    }


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tiny.vec"
    path.write_text("".join(f"{word} {' '.join(f'{x:.6f}' for x in row)}\n" for word, row in table().items()))
    return path


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Reviews; those of the test are judged by words that train lacks."""
    folder, draw = tmp_path_factory.mktemp("films"), random.Random(0)
    for part, kind, rows in (("train", SEEN, 96), ("validation", SEEN, 32), ("test", UNSEEN, 64)):
        with (folder / f"{part}.csv").open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["text", "label"])
            for row in range(rows):
                label = ("negative", "positive")[row % 2]
                words = [draw.choice(FILL) for _ in range(4)] + [f"n{row}"]
                words.insert(draw.randint(0, 4), draw.choice(kind[label]))
                writer.writerow([" ".join(words), label])
    return folder


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Sentences in which a name alone says its tag, capitalised; the names of the test are others."""
    folder, draw = tmp_path_factory.mktemp("names"), random.Random(0)
    for part, kind, rows in (("train", SEEN, 96), ("validation", SEEN, 32), ("test", UNSEEN, 64)):
        lines = []
        for row in range(rows):
            label = ("negative", "positive")[row % 2]
            tokens = [*draw.choices(FILL, k=3), draw.choice(kind[label]).capitalize(), f"n{row}"]
            lines.append(json.dumps({"tokens": tokens, "tags": ["O", "O", "O", f"B-{label}", "O"]}))
        (folder / f"{part}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def recipe_of(folder, data, **settings):
    return parse_recipe(flags({"data": str(data), "output_dir": str(folder), **TINY, **settings}))


def run(folder, data, **settings):
    return train(*recipe_of(folder, data, **settings))


def test_words_that_only_the_file_has_are_classified_by_their_vectors(films, file, tmp_path):
    without = run(tmp_path / "without", films, model="bilstm", embedding_size=WIDTH)
    record = run(tmp_path / "with", films, word_vectors=str(file))
    assert without.score < 75
    assert record.score > 95
    assert any("18 of" in note and "tiny.vec (8 wide)" in note for note in record.notes)
    assert read_recipe(tmp_path / "with" / "recipe.yaml")["word_vectors"] == str(file)
    file.unlink()
    assert Predictor.from_pretrained(tmp_path / "with")("The plot was LOVELY")["label"] == "positive"


def test_capitalised_names_are_tagged_by_the_vectors_of_a_file_in_lower_case(names, file, tmp_path):
    settings = {"task": "tagging", "model": "bilstm", "character_encoder": "none", "num_train_epochs": 30}
    without = run(tmp_path / "without", names, embedding_size=WIDTH, **settings)
    record = run(tmp_path / "with", names, word_vectors=str(file), **settings)
    assert without.score < 85  # pieces of words tell a little
    assert record.score > 95


def test_rows_are_those_of_the_file_brought_to_scale(films, file, tmp_path):
    prepared = prepare(*recipe_of(tmp_path / "run", films, word_vectors=str(file)))
    rows = np.array([[float(f"{x:.6f}") for x in row] for row in table().values()])
    centred = rows - rows.mean(0)
    vocabulary = prepared.processor.get_vocab()
    weight = prepared.model.get_input_embeddings().weight.detach().numpy()
    found = weight[[vocabulary[word] for word in table()]]
    np.testing.assert_allclose(found, centred / np.sqrt((centred**2).mean()), atol=1e-4)
    assert (weight[prepared.processor.pad_token_id] == 0).all()
    said = next(note for note in prepared.notes if note.startswith("word vectors"))
    assert said == (
        f"word vectors: {len(rows)} of {len(vocabulary)} tokens start from tiny.vec (8 wide); they are 83.3 % of the "
        "words of train"
    )  # of 6 words of a row one is in no file


def test_words_of_the_file_are_whole_however_the_tokenizer_parts_them(films, tmp_path):
    (tmp_path / "odd.vec").write_text("Superb 1 2\nla-la 3 4\n##ly 5 6\nwell.known 7 8\nfilm 9 9\n[MASK] 1 1\n")
    recipe, _ = recipe_of(tmp_path, films, tokenizer_kind="wordpiece", word_vectors=str(tmp_path / "odd.vec"))
    texts = ["the film was good, la la"] * 5
    assert word_tokenizer(recipe, texts).tokenize("SUPERB film") == ["superb", "film"]
    cased = dataclasses.replace(recipe, lowercase=False)
    tagger = word_tokenizer(cased, texts, words="tagging")
    assert tagger.tokenize("Superb la-la") == ["Superb", "la-la"]
    assert tagger.get_vocab().keys() & {"##ly", "superb", "well.known"} == set()
    assert tagger.mask_token_id == 6


def test_with_no_limit_to_spare_only_words_of_train_join_the_vocabulary(films, file, tmp_path):
    prepared = prepare(*recipe_of(tmp_path / "run", films, word_vectors=str(file), word_vectors_limit=0))
    vocabulary = prepared.processor.get_vocab()
    assert {*FILL, *SEEN["positive"], *SEEN["negative"]} <= vocabulary.keys()
    assert not vocabulary.keys() & {"elsewhere", *UNSEEN["positive"]}


def test_a_word_met_once_joins_the_vocabulary_if_it_has_a_vector(films, file, tmp_path):
    recipe, _ = recipe_of(tmp_path / "run", films, word_vectors=str(file), word_vectors_limit=0)
    tokenizer = word_tokenizer(recipe, [*["the film was good"] * 5, "elsewhere nowhere"])
    assert "elsewhere" in tokenizer.get_vocab()
    assert "nowhere" not in tokenizer.get_vocab()


def test_a_transformer_is_as_wide_as_the_file_with_heads_that_fit(films, file, tmp_path):
    prepared = prepare(*recipe_of(tmp_path / "run", films, model="transformer", word_vectors=str(file), hidden_size=8))
    assert (prepared.model.config.hidden_size, prepared.model.config.num_attention_heads) == (WIDTH, 4)


@pytest.mark.parametrize(("width", "heads"), [(300, 2), (200, 4), (50, 1)])
def test_heads_part_the_width_of_a_file_for_rotations(films, tmp_path, width, heads):
    (tmp_path / "wide.vec").write_text(f"the {' '.join(['0.5'] * width)}\n")
    recipe, _ = recipe_of(
        tmp_path, films, model="transformer", word_vectors=str(tmp_path / "wide.vec"), hidden_size=width
    )
    fields = width_fields(recipe, ARCHITECTURES["transformer"])
    assert fields == {"hidden_size": width, "num_attention_heads": heads}


def test_a_frozen_embedding_stays_as_the_file_says(films, file, tmp_path, weights):
    settings = {"word_vectors": str(file), "freeze_embeddings": True}
    before = prepare(*recipe_of(tmp_path / "new", films, **settings)).model.get_input_embeddings().weight
    run(tmp_path / "run", films, **settings)
    after = weights(tmp_path / "run")["model.embeddings.tokens.weight"]
    assert np.array_equal(after.numpy(), before.detach().numpy())


def test_a_resumed_run_starts_from_the_same_bits(films, file, tmp_path):
    recipe = recipe_of(tmp_path / "run", films, word_vectors=str(file))
    new = prepare(*recipe)
    new.processor.save_pretrained(tmp_path / "begun")
    (tmp_path / "begun" / RUN_STATE).write_text("{}")
    again = prepare(*recipe, saved_processor=tmp_path / "begun")
    pairs = zip(new.model.parameters(), again.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
