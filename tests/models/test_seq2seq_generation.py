# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""generate() of the encoder-decoders can be trusted: scores are likelihoods, caches and batches change nothing.

All on random weights: with fresh ones beams are never re-ordered in earnest and a wrong cache passes.
"""

from itertools import product

import pytest
import torch

from .seq2seq_factories import END, FAMILIES, START, log_likelihood, make_model, make_sources, name_of, pad

every_family = pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
STEPS = 7
ENDS = [END, 9, 10, 11, 12]  # so many that texts end early, at different lengths
WAYS = {
    "greedy": {},
    "beams": {"num_beams": 4},
    "n-best": {"num_beams": 4, "num_return_sequences": 3, "length_penalty": 0.5},
    "short": {"num_beams": 3, "length_penalty": -2.0, "early_stopping": True},
    "sampled": {"do_sample": True, "top_k": 5},
    "sampled beams": {"do_sample": True, "num_beams": 3, "temperature": 2.0},
    "forced": {"num_beams": 3, "forced_bos_token_id": 7, "forced_eos_token_id": END},
    "constrained": {"num_beams": 2, "no_repeat_ngram_size": 2, "repetition_penalty": 1.3, "min_new_tokens": 4},
}


def write(model, ids, mask, seed=0, **options):
    torch.manual_seed(seed)
    given = {"max_new_tokens": STEPS, "eos_token_id": ENDS, "return_dict_in_generate": True, "output_scores": True}
    given |= options
    return model.generate(input_ids=ids, attention_mask=mask, **given)


def tokens_of(row: torch.Tensor, ends: list[int] = ENDS) -> torch.Tensor:
    """What was written, the start token first, up to and with the first end token."""
    ends = torch.isin(row, torch.tensor(ends)).nonzero()
    return row[: int(ends[0]) + 1] if len(ends) else row


@every_family
@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.0])
def test_the_score_of_a_beam_is_its_likelihood_computed_again(settings, penalty):
    model, sources = make_model(**settings), make_sources((4, 2, 6, 5))
    ids, mask = pad(sources)
    made = write(model, ids, mask, num_beams=5, num_return_sequences=5, length_penalty=penalty)
    assert len(made.sequences) == 20
    lengths = set()
    for number, (row, score) in enumerate(zip(made.sequences, made.sequences_scores, strict=True)):
        written = tokens_of(row)
        lengths.add(len(written))
        expected = log_likelihood(model, sources[number // 5], written) / (len(written) - 1) ** penalty
        assert float(score) == pytest.approx(expected, abs=2e-4)
    assert len(lengths) > 1 or penalty  # without one some end early, so finished beams are among them


@every_family
def test_a_beam_as_wide_as_the_tree_finds_the_best_of_all_texts(settings):
    settings = {name: value for name, value in settings.items() if name != "source_vocab_size"}
    model = make_model(**settings, vocab_size=5, seed=4)
    source = torch.tensor([4, 1, 4])
    texts = {tuple(tokens_of(torch.tensor([START, *text]), [END]).tolist()) for text in product(range(5), repeat=3)}
    likelihood = {text: log_likelihood(model, source, torch.tensor(text)) for text in texts}
    best = sorted(likelihood, key=likelihood.__getitem__, reverse=True)[:3]
    made = write(
        model,
        source[None],
        torch.ones(1, 3),
        num_beams=25,
        num_return_sequences=3,
        max_new_tokens=3,
        length_penalty=0.0,
        early_stopping="never",
        eos_token_id=END,
    )
    assert [tuple(tokens_of(row, [END]).tolist()) for row in made.sequences] == best
    assert made.sequences_scores.tolist() == pytest.approx([likelihood[text] for text in best], abs=1e-4)


@every_family
@pytest.mark.parametrize("way", WAYS)
def test_a_cache_changes_nothing(settings, way):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    cached = write(model, ids, mask, **WAYS[way])
    plain = write(model, ids, mask, **WAYS[way], use_cache=False)
    assert cached.sequences.tolist() == plain.sequences.tolist()
    for with_cache, without in zip(cached.scores, plain.scores, strict=True):
        torch.testing.assert_close(with_cache, without, atol=1e-3, rtol=1e-3)


@every_family
@pytest.mark.parametrize("way", ["greedy", "beams", "n-best", "forced", "constrained"])
def test_a_batch_is_written_as_each_of_it_alone(settings, way):
    model, sources = make_model(**settings), make_sources((4, 1, 6, 3))
    made = [write(model, source[None], None, **WAYS[way]) for source in sources]
    alone = [[tokens_of(row).tolist() for row in each.sequences] for each in made]
    for layout in ("right", "left", "holes"):
        ids, mask = pad(sources, layout)
        together = [tokens_of(row).tolist() for row in write(model, ids, mask, **WAYS[way]).sequences]
        assert together == [row for rows in alone for row in rows]
    assert torch.stack([each.scores[0][0] for each in made])[:, 7].std() > 1e-3 or way == "forced"  # sources matter


@every_family
def test_greedy_takes_the_best_next_token_each_time(settings):
    model, sources = make_model(**settings), make_sources()
    ids, mask = pad(sources)
    made = write(model, ids, mask)
    for source, row in zip(sources, made.sequences, strict=True):
        written = tokens_of(row)
        with torch.no_grad():
            logits = model(input_ids=source[None], decoder_input_ids=written[None, :-1]).logits[0]
        assert logits.argmax(-1).tolist() == written[1:].tolist()


@every_family
def test_n_best_are_different_and_in_order_and_forced_tokens_are_there(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    made = write(model, ids, mask, num_beams=5, num_return_sequences=5, **{"forced_bos_token_id": 7})
    for rows, scores in zip(made.sequences.view(3, 5, -1), made.sequences_scores.view(3, 5), strict=True):
        assert len({tuple(tokens_of(row).tolist()) for row in rows}) == 5
        assert scores.tolist() == sorted(scores.tolist(), reverse=True)
        assert set(rows[:, 1].tolist()) == {7}


@every_family
def test_sampling_follows_the_probabilities(settings):
    model, source = make_model(**settings), make_sources((4,))[0]
    with torch.no_grad():
        logits = model(input_ids=source[None], decoder_input_ids=torch.tensor([[START]])).logits[0, 0]
    drawn = write(
        model,
        source[None].expand(2000, -1),
        None,
        do_sample=True,
        top_k=0,
        temperature=2.0,
        max_new_tokens=1,
    ).sequences[:, 1]
    shares = drawn.bincount(minlength=len(logits)) / 2000
    assert (shares - (logits / 2.0).softmax(-1)).abs().max() < 0.05


@every_family
def test_a_target_can_be_begun_and_is_continued_as_one_text(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    whole = write(model, ids, mask, min_new_tokens=STEPS).sequences
    begun = write(model, ids, mask, decoder_input_ids=whole[:, :3], max_new_tokens=STEPS - 2, min_new_tokens=STEPS - 2)
    assert begun.sequences.tolist() == whole.tolist()


@every_family
@pytest.mark.parametrize("beams", [1, 3])
def test_attentions_come_back_for_each_written_token(settings, beams):
    if settings.get("attention") == "none":
        pytest.skip("this model looks at nothing")
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    if "position_embedding" in settings:
        model.set_attn_implementation("eager")
    made = write(model, ids, mask, num_beams=beams, output_attentions=True)
    assert len(made.cross_attentions) == len(made.scores)
    heads = 2 if "position_embedding" in settings else 1
    for step in made.cross_attentions:
        assert step[0].shape == (3 * beams, heads, 1, ids.shape[1])
        torch.testing.assert_close(step[0].sum(-1), torch.ones(3 * beams, heads, 1))


@every_family
def test_a_model_says_when_it_has_written_all_it_may(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    assert write(model, ids, mask, max_new_tokens=3, min_new_tokens=3).sequences.shape[1] == 4


def test_more_new_tokens_than_learned_positions_are_refused_with_the_limit():
    model, (ids, mask) = make_model(**FAMILIES[1]), pad(make_sources())
    with pytest.raises(ValueError, match=r"max_position_embeddings=16"):
        write(model, ids, mask, max_new_tokens=20, min_new_tokens=20)
