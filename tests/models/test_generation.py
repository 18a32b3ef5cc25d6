# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""generate() over a state: every way of it gives what reading the whole text again would give.

Weights are random, all of them: with fresh ones a beam that keeps the state of another goes unnoticed.
"""

import copy
from functools import partial
from itertools import pairwise, product
from threading import Thread

import pytest
import torch
from transformers import AutoTokenizer, TextIteratorStreamer, TextStreamer, pipeline

from hf_seq import train_tokenizer
from hf_seq.models.recurrent_cache import RecurrentCache

from .factories import CELLS, make_batch, make_sequences, name_of
from .language_models import LANGUAGE_MODELS, log_likelihood, make_ids, make_language_model, states_of

GREEDY = {"do_sample": False, "max_new_tokens": 8}
BEAMS = {"do_sample": False, "num_beams": 4, "max_new_tokens": 6}
WAYS = {
    "greedy": GREEDY,
    "beams": BEAMS,
    "beams, all returned": BEAMS | {"num_return_sequences": 4},
    "sampling": {"do_sample": True, "max_new_tokens": 8, "num_return_sequences": 2},
    "sampling from beams": BEAMS | {"do_sample": True},
    "repetition penalty": GREEDY | {"repetition_penalty": 3.0},
    "no repeated pair": GREEDY | {"max_new_tokens": 12, "no_repeat_ngram_size": 2},
    "beams that end": BEAMS | {"eos_token_id": [3, 4, 5, 6], "length_penalty": 0.5},
    "early end": GREEDY | {"eos_token_id": list(range(2, 12))},
}

make_speaker = partial(make_language_model, recurrence=2.0)


def generate(model, ids, **options):
    """Generate from one seed."""
    torch.manual_seed(0)
    return model.generate(ids, **{"pad_token_id": 0} | options)


@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_greedy_takes_the_likeliest_token_of_the_whole_text_each_time(settings):
    model, ids = make_speaker(**settings), make_ids()
    text = ids
    for _ in range(8):
        text = torch.cat([text, model(text).logits[:, -1:].argmax(-1)], dim=1)
    assert torch.equal(generate(model, ids, **GREEDY), text)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_with_a_state_everything_is_generated_as_without(settings, way):
    model, ids = make_speaker(**settings), make_ids()
    expected = generate(model, ids, use_cache=False, **WAYS[way])
    assert torch.equal(generate(model, ids, **WAYS[way]), expected)


@pytest.mark.parametrize("way", ["greedy", "beams", "beams, all returned", "beams that end", "early end"])
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_a_batch_padded_on_the_left_continues_each_prompt_as_alone(settings, way):
    model, prompts = make_speaker(**settings), make_sequences("input_ids", lengths=(2, 6, 1, 4))
    batch = make_batch("input_ids", prompts, "left")
    together = generate(model, batch["input_ids"], attention_mask=batch["attention_mask"], **WAYS[way])
    copies = WAYS[way].get("num_return_sequences", 1)
    for row, prompt in enumerate(prompts):
        alone = generate(model, prompt.unsqueeze(0), **WAYS[way])[:, len(prompt) :]
        found = together[row * copies : (row + 1) * copies, batch["input_ids"].shape[1] :]
        assert torch.equal(found[:, : alone.shape[1]], alone)
        behind = torch.tensor(
            [0, 3]
        )  # where padding has the id 0, beam search of transformers fills with the first end
        assert torch.isin(found[:, alone.shape[1] :], behind).all()


@pytest.mark.parametrize("length_penalty", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_the_score_that_a_beam_reports_is_its_likelihood_read_again(settings, length_penalty):
    model, prompts = make_speaker(scale=0.7, **settings), make_sequences("input_ids", lengths=(2, 6, 4))
    batch = make_batch("input_ids", prompts, "left")
    ends = list(range(3, 11))
    options = BEAMS | {"num_return_sequences": 4, "eos_token_id": ends, "length_penalty": length_penalty}
    asked = {"return_dict_in_generate": True, "output_scores": True}
    outputs = generate(model, batch["input_ids"], attention_mask=batch["attention_mask"], **options, **asked)
    lengths = set()
    for row, (text, score) in enumerate(zip(outputs.sequences, outputs.sequences_scores, strict=True)):
        continuation = text[batch["input_ids"].shape[1] :]
        ended = torch.isin(continuation, torch.tensor(ends)).nonzero()
        continuation = continuation[: ended[0, 0] + 1] if len(ended) else continuation
        expected = log_likelihood(model, prompts[row // 4], continuation) / len(continuation) ** length_penalty
        assert score.item() == pytest.approx(expected, abs=1e-4)
        lengths.add(len(continuation))
    assert len(lengths) > 1  # some beams ended early


@pytest.mark.parametrize("cell", CELLS)
def test_beams_as_wide_as_the_tree_find_the_likeliest_of_all_continuations(cell):
    model, prompt = make_speaker(cell_type=cell, vocab_size=5, pad_token_id=None), torch.tensor([1, 4, 2])
    every = {each: log_likelihood(model, prompt, torch.tensor(each)) for each in product(range(5), repeat=3)}
    best = sorted(every, key=every.get, reverse=True)[:25]
    options = {"num_beams": 25, "num_return_sequences": 25, "max_new_tokens": 3, "length_penalty": 0.0}
    asked = {"return_dict_in_generate": True, "output_scores": True, "do_sample": False}
    outputs = generate(model, prompt.unsqueeze(0), **options, **asked)
    assert [tuple(text[3:].tolist()) for text in outputs.sequences] == best
    torch.testing.assert_close(
        outputs.sequences_scores, torch.tensor([every[each] for each in best]), atol=1e-4, rtol=0
    )


def test_scores_and_logits_given_back_are_those_of_the_whole_text():
    model, ids = make_speaker(), make_ids()
    asked = {
        "return_dict_in_generate": True,
        "output_scores": True,
        "output_logits": True,
        "output_hidden_states": True,
    }
    outputs = generate(model, ids, **GREEDY, **asked)
    logits = model(outputs.sequences).logits[:, 8:-1]  # (3, 8, V)
    torch.testing.assert_close(torch.stack(outputs.logits, 1), logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(torch.stack(outputs.scores, 1), logits, atol=1e-5, rtol=1e-5)
    reread = model(outputs.sequences[:, :-1], output_hidden_states=True).hidden_states[-1]
    steps = torch.cat([step[-1] for step in outputs.hidden_states], dim=1)
    torch.testing.assert_close(steps, reread, atol=1e-5, rtol=1e-5)


def test_sampling_draws_from_the_models_own_distribution():
    model, prompt = make_speaker(vocab_size=5, scale=0.7), torch.tensor([[1, 4, 2]])
    drawn = generate(model, prompt, do_sample=True, top_k=0, max_new_tokens=2, num_return_sequences=4000)[:, 3:]
    for pair in product(range(5), repeat=2):
        expected = torch.tensor(log_likelihood(model, prompt[0], torch.tensor(pair))).exp()
        found = (drawn == torch.tensor(pair)).all(1).float().mean()
        assert found == pytest.approx(expected.item(), abs=4 * (expected * (1 - expected) / 4000).sqrt().item() + 1e-3)


def test_no_pair_is_repeated_where_that_is_asked_for():
    model, ids = make_speaker(vocab_size=6), make_ids(steps=2) % 6
    text = generate(model, ids, do_sample=False, max_new_tokens=20, no_repeat_ngram_size=2)
    for row in text.tolist():
        pairs = list(pairwise(row))
        assert len(pairs) == len(set(pairs))
    assert not torch.equal(text, generate(model, ids, do_sample=False, max_new_tokens=20))


@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_embeddings_in_place_of_a_prompt_give_the_same_continuation(settings):
    model, prompts = make_speaker(**settings), make_sequences("input_ids", lengths=(2, 6, 4))
    batch = make_batch("input_ids", prompts, "left")
    expected = generate(model, **{"ids": batch["input_ids"]}, attention_mask=batch["attention_mask"], **BEAMS)
    vectors = model.get_input_embeddings()(batch["input_ids"])
    found = generate(model, None, inputs_embeds=vectors, attention_mask=batch["attention_mask"], **BEAMS)
    assert torch.equal(found, expected[:, batch["input_ids"].shape[1] :])


@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_a_second_call_goes_on_from_the_state_that_the_first_gave_back(settings):
    model, prompts = make_speaker(**settings), make_sequences("input_ids", lengths=(2, 6, 4))
    batch = make_batch("input_ids", prompts, "left")
    ids, mask = batch["input_ids"], batch["attention_mask"]
    whole = generate(model, ids, attention_mask=mask, do_sample=False, max_new_tokens=10)
    first = generate(model, ids, attention_mask=mask, do_sample=False, max_new_tokens=4, return_dict_in_generate=True)
    mask = torch.cat([mask, mask.new_ones(3, 4)], dim=1)
    state = first.past_key_values
    second = generate(
        model, first.sequences, attention_mask=mask, past_key_values=state, do_sample=False, max_new_tokens=6
    )
    assert torch.equal(second, whole)


@pytest.mark.parametrize("way", ["greedy", "beams", "beams, all returned", "sampling"])
@pytest.mark.parametrize("given", ["the whole text", "the new tokens"])
def test_a_prompt_goes_on_from_the_state_of_a_forward_pass_padding_and_all(given, way):
    model, prompts = make_speaker(), make_sequences("input_ids", lengths=(2, 9, 4))
    batch = make_batch("input_ids", prompts, "left")
    ids, mask = batch["input_ids"], batch["attention_mask"]
    state = model(ids[:, :5], attention_mask=mask[:, :5]).past_key_values  # two of the rows have read nothing yet
    expected = generate(model, ids, attention_mask=mask, **WAYS[way])
    new = ids if given == "the whole text" else ids[:, 5:]
    found = generate(model, new, attention_mask=mask, past_key_values=copy.deepcopy(state), **WAYS[way])
    assert torch.equal(found[:, new.shape[1] :], expected[:, ids.shape[1] :])


def test_a_state_that_is_expanded_is_copied_and_the_given_one_stays():
    model, ids = make_speaker(), make_ids()
    state = model(ids[:, :5]).past_key_values
    before = [each.clone() for each in states_of(state)]
    first, second = (generate(model, ids, past_key_values=state, **BEAMS) for _ in range(2))
    assert torch.equal(first, second)
    torch.testing.assert_close(states_of(state), before, atol=0, rtol=0)


def test_a_text_that_the_state_has_read_already_is_refused_with_a_remedy():
    model, ids = make_speaker(), make_ids()
    state = model(ids).past_key_values
    for text in (ids, ids[:, :3]):
        with pytest.raises(ValueError, match=r"has read 9 steps, but only [93] were given; .* attention_mask of shape"):
            generate(model, text, past_key_values=copy.deepcopy(state), **GREEDY)


def test_a_row_that_had_ended_is_not_continued_from_its_state():
    model, ids = make_speaker(), make_ids()
    first, *others = generate(model, ids, **GREEDY)[:, 9:].tolist()
    end = next(token for token in first[:6] if not any(token in other for other in others))
    outputs = generate(model, ids, **GREEDY, eos_token_id=end, return_dict_in_generate=True)
    assert outputs.sequences[0, -1] == 0  # the first row ended, the others did not
    with pytest.raises(ValueError, match=r"row 0: .* generate\(\) reads the padding behind a row that has ended"):
        generate(model, outputs.sequences, past_key_values=outputs.past_key_values, **GREEDY)


@pytest.mark.parametrize("chunk", [1, 2, 5])
def test_a_long_prompt_may_be_read_in_chunks(chunk):
    model, prompts = make_speaker(), make_sequences("input_ids", lengths=(2, 9, 4))
    batch = make_batch("input_ids", prompts, "left")
    ids, mask = batch["input_ids"], batch["attention_mask"]
    expected = generate(model, ids, attention_mask=mask, **GREEDY)
    assert torch.equal(generate(model, ids, attention_mask=mask, prefill_chunk_size=chunk, **GREEDY), expected)


def test_each_step_reads_one_token_and_keeps_a_state_of_one_size():
    model, ids = make_speaker(), make_ids()
    read = []
    model.model.embeddings.register_forward_hook(lambda _, inputs, output: read.append(tuple(inputs[0].shape)))
    sizes = []
    for count in (5, 60):
        options = {"do_sample": False, "max_new_tokens": count, "return_dict_in_generate": True}
        sizes.append([state.shape for state in states_of(generate(model, ids, **options).past_key_values)])
    assert sizes[0] == sizes[1] == [(3, 8)] * 4
    assert read == [(3, 9), *[(3, 1)] * 4, (3, 9), *[(3, 1)] * 59]


def test_a_model_with_a_state_refuses_assisted_decoding():
    model, ids = make_speaker(), make_ids(rows=1)
    with pytest.raises(ValueError, match="assisted generation is not supported with stateful models"):
        generate(model, ids, assistant_model=make_speaker(seed=1), **GREEDY)


def test_a_cache_repeats_selects_resets_and_does_not_crop():
    model, ids = make_speaker(), make_ids()
    mask = torch.ones(3, 9)
    mask[1, :4] = 0
    cache = model(ids, attention_mask=mask).past_key_values
    before = states_of(cache)
    cache.batch_repeat_interleave(2)
    torch.testing.assert_close(states_of(cache), [state[[0, 0, 1, 1, 2, 2]] for state in before])
    assert cache.layers[0].skipped.tolist() == [0, 0, 4, 4, 0, 0]
    cache.batch_select_indices(torch.tensor([5, 2]))
    torch.testing.assert_close(states_of(cache), [state[[2, 1]] for state in before])
    assert cache.layers[0].skipped.tolist() == [0, 4]
    cache.reorder_cache(torch.tensor([1, 1]))
    torch.testing.assert_close(states_of(cache), [state[[1, 1]] for state in before])
    cache.crop(0)
    with pytest.raises(ValueError, match="cannot take back 2 tokens: a recurrent state is overwritten"):
        cache.crop(-2)
    cache.reset()
    assert cache.get_seq_length() == 0
    torch.testing.assert_close(model(ids, past_key_values=cache).logits, model(ids).logits)
    assert RecurrentCache(2).get_max_length() == -1


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A language model of letters with its tokenizer, saved."""
    folder = tmp_path_factory.mktemp("lm")
    tokenizer = train_tokenizer(["the cat sat on the mat", "a dog barked for fun"], kind="char", vocab_size=40)
    settings = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id, "tie_word_embeddings": True}
    make_speaker(**settings).save_pretrained(folder)
    tokenizer.padding_side = "left"
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def speaker(saved):
    return pipeline("text-generation", model=str(saved), device="cpu")


def test_the_pipeline_continues_a_batch_of_prompts_as_each_alone(speaker):
    prompts = ["the c", "a", "dog ran on"]
    options = {"do_sample": False, "max_new_tokens": 12}
    together = speaker(prompts, batch_size=3, **options)
    alone = [speaker(prompt, **options) for prompt in prompts]
    assert [each[0]["generated_text"] for each in together] == [each[0]["generated_text"] for each in alone]
    assert all(each[0]["generated_text"].startswith(prompt) for each, prompt in zip(together, prompts, strict=True))
    assert type(speaker.model).__name__ == "RecurrentForCausalLM"


def test_generation_stops_at_a_string(speaker):
    tokenizer, model = speaker.tokenizer, speaker.model
    prompt = tokenizer("the cat", return_tensors="pt")["input_ids"]
    plain = tokenizer.decode(generate(model, prompt, do_sample=False, max_new_tokens=30)[0])
    stop = plain[len("the cat") + 4 : len("the cat") + 6]
    found = generate(model, prompt, do_sample=False, max_new_tokens=30, stop_strings=[stop], tokenizer=tokenizer)
    text = tokenizer.decode(found[0])
    assert text == plain[: len(text)]
    assert text.endswith(stop)
    assert len(text) < len(plain)


def test_streamers_give_the_text_as_it_is_written(speaker, capsys):
    tokenizer, model = speaker.tokenizer, speaker.model
    prompt = tokenizer("the cat", return_tensors="pt")["input_ids"]
    options = {"do_sample": False, "max_new_tokens": 20}
    whole = tokenizer.decode(generate(model, prompt, **options)[0])
    generate(model, prompt, streamer=TextStreamer(tokenizer), **options)
    assert capsys.readouterr().out.strip() == whole.strip()
    streamer = TextIteratorStreamer(tokenizer, timeout=30)
    thread = Thread(target=generate, args=(model, prompt), kwargs={"streamer": streamer, **options})
    thread.start()
    assert "".join(streamer) == whole
    thread.join()


def test_the_saved_model_speaks_with_the_tokenizer_that_was_saved_beside_it(saved, speaker):
    tokenizer = AutoTokenizer.from_pretrained(saved)
    batch = tokenizer(["the cat", "a"], padding=True, return_tensors="pt")
    batch.pop("token_type_ids", None)
    assert batch["attention_mask"][1].tolist() == [0] * 6 + [1]
    ids = speaker.model.generate(**batch, **GREEDY)[:, 7:]
    texts = tokenizer.batch_decode(ids, skip_special_tokens=True)
    alone = speaker("a", return_full_text=False, **GREEDY)[0]["generated_text"]
    assert texts[1] == alone
