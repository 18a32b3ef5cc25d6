# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Encoder-decoders of both families: padding, causality, caches, losses, tied weights; on random weights throughout."""

import pytest
import torch
from torch import nn
from transformers import EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput
from transformers.trainer_pt_utils import LabelSmoother

from .factories import gradients
from .seq2seq_factories import (
    END,
    FAMILIES,
    RECURRENT,
    START,
    TRANSFORMERS,
    make_model,
    make_sources,
    make_targets,
    name_of,
    pad,
)

EXACT = {"atol": 2e-5, "rtol": 2e-5}
every_family = pytest.mark.parametrize("settings", FAMILIES, ids=name_of)


def make_labels() -> torch.Tensor:
    labels = make_targets(steps=6)[:, 1:].clone()
    labels[0, 3:], labels[1, 1:], labels[2, -1] = -100, -100, END
    return labels


@every_family
@pytest.mark.parametrize("kernel", ["eager", "sdpa"])
def test_padding_of_the_source_changes_nothing(settings, kernel):
    model = make_model(**settings, attention_kernel=kernel if "position_embedding" in settings else None)
    sources, targets = make_sources(), make_targets()
    with torch.no_grad():
        alone = torch.cat(
            [
                model(input_ids=source[None], decoder_input_ids=target[None]).logits
                for source, target in zip(sources, targets, strict=True)
            ]
        )
        for layout in ("right", "left", "holes"):
            ids, mask = pad(sources, layout)
            together = model(input_ids=ids, attention_mask=mask, decoder_input_ids=targets).logits
            torch.testing.assert_close(together, alone, **EXACT)
    assert alone.std(0).max() > 1e-2  # the rows do differ, so the comparison says something


@every_family
def test_padding_of_the_target_changes_nothing(settings):
    model, sources = make_model(**settings), make_sources((4, 4, 4))
    targets = [torch.tensor([START, *range(4, 4 + more)]) for more in (3, 0, 5)]
    source = torch.stack(sources)
    with torch.no_grad():
        for layout in ("right", "left", "holes"):
            ids, mask = pad(targets, layout)
            together = model(input_ids=source, decoder_input_ids=ids, decoder_attention_mask=mask).logits
            for row, target in enumerate(targets):
                alone = model(input_ids=source[row : row + 1], decoder_input_ids=target[None]).logits[0]
                torch.testing.assert_close(together[row][mask[row].bool()], alone, **EXACT)


@every_family
def test_no_step_sees_what_comes_after_it(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    targets = make_targets(steps=6)
    with torch.no_grad():
        before = model(input_ids=ids, attention_mask=mask, decoder_input_ids=targets).logits
        for step in range(1, 6):
            changed = targets.clone()
            changed[:, step:] = (changed[:, step:] - 3) % 9 + 4
            after = model(input_ids=ids, attention_mask=mask, decoder_input_ids=changed).logits
            torch.testing.assert_close(after[:, :step], before[:, :step], **EXACT)
            assert (after[:, step] - before[:, step]).abs().amax(-1).min() > 1e-4  # but itself it sees


@every_family
@pytest.mark.parametrize("chunks", [(1, 1, 1, 1, 1), (2, 1, 2), (1, 4)])
def test_reading_on_from_a_cache_is_reading_at_once(settings, chunks):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    targets, target_mask = pad([torch.tensor([START, 4, 5]), torch.tensor([START]), torch.tensor([START, 6])], "left")
    with torch.no_grad():
        encoded = model.get_encoder()(input_ids=ids, attention_mask=mask)
        common = {"attention_mask": mask, "encoder_outputs": encoded}
        whole = model(**common, decoder_input_ids=targets, decoder_attention_mask=target_mask).logits
        past, parts, start = None, [], 0
        for size in chunks:
            end = start + size
            outputs = model(
                **common,
                decoder_input_ids=targets[:, start:end],
                decoder_attention_mask=target_mask[:, :end],
                past_key_values=past,
                use_cache=True,
            )
            past, start = outputs.past_key_values, end
            parts.append(outputs.logits)
    assert isinstance(past, EncoderDecoderCache)
    assert past.get_seq_length() == 5
    real = target_mask.bool()
    torch.testing.assert_close(torch.cat(parts, 1)[real], whole[real], **EXACT)


@every_family
def test_the_loss_is_the_mean_over_labelled_steps_in_training_as_in_evaluation(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    labels = make_labels()
    outputs = model(input_ids=ids, attention_mask=mask, labels=labels)
    told = [row[row != -100] for row in labels]
    total = 0.0
    for row, target in enumerate(told):
        read = torch.cat([torch.tensor([START]), target[:-1]])
        logits = model(input_ids=ids[row : row + 1], attention_mask=mask[row : row + 1], decoder_input_ids=read[None])
        total += nn.functional.cross_entropy(logits.logits[0], target, reduction="sum")
    expected = total / sum(map(len, told))
    torch.testing.assert_close(outputs.loss, expected, **EXACT)
    in_training = model.train()(input_ids=ids, attention_mask=mask, labels=labels)
    torch.testing.assert_close(in_training.loss, expected, **EXACT)
    assert in_training.logits is None


@every_family
def test_accumulated_gradients_are_those_of_the_whole_batch(settings):
    model, (ids, mask) = make_model(**settings).train(), pad(make_sources())
    labels = make_labels()
    whole = gradients(model, model(input_ids=ids, attention_mask=mask, labels=labels).loss)
    count = (labels != -100).sum()
    parts = [
        model(
            input_ids=ids[row : row + 1],
            attention_mask=mask[row : row + 1],
            labels=labels[row : row + 1],
            num_items_in_batch=count,
        ).loss
        for row in range(3)
    ]
    accumulated = gradients(model, sum(parts))
    for name, gradient in whole.items():
        torch.testing.assert_close(accumulated[name], gradient, atol=1e-4, rtol=1e-4)


@every_family
def test_label_smoothing_is_that_of_trainer(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    labels = make_labels()
    read = model.prepare_decoder_input_ids_from_labels(labels)
    logits = model(input_ids=ids, attention_mask=mask, decoder_input_ids=read).logits
    expected = LabelSmoother(epsilon=0.3)({"logits": logits}, labels, num_items_in_batch=7)
    for each in (model, model.train()):
        loss = each(input_ids=ids, attention_mask=mask, labels=labels, smoothing=0.3, num_items_in_batch=7).loss
        torch.testing.assert_close(loss, expected, **EXACT)


@every_family
def test_labels_are_shifted_once_and_never_read_where_they_are_minus_100(settings):
    model = make_model(**settings)
    shifted = model.prepare_decoder_input_ids_from_labels(torch.tensor([[5, 6, END], [7, -100, -100]]))
    assert shifted.tolist() == [[START, 5, 6], [START, 7, 0]]


@every_family
def test_encoder_outputs_may_be_given_as_an_object_or_a_tuple(settings):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    targets = make_targets()
    with torch.no_grad():
        direct = model(input_ids=ids, attention_mask=mask, decoder_input_ids=targets).logits
        states = model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        for given in ((states,), BaseModelOutput(last_hidden_state=states)):
            logits = model(encoder_outputs=given, attention_mask=mask, decoder_input_ids=targets).logits
            torch.testing.assert_close(logits, direct, **EXACT)


@every_family
def test_recorded_states_and_attentions_have_a_layer_each_and_look_at_real_steps_only(settings):
    model, (ids, mask) = make_model(**settings, attention_kernel=None), pad(make_sources(), "left")
    if "position_embedding" in settings:
        model.set_attn_implementation("eager")
    outputs = model(
        input_ids=ids,
        attention_mask=mask,
        decoder_input_ids=make_targets(),
        output_attentions=True,
        output_hidden_states=True,
    )
    assert len(outputs.decoder_hidden_states) == model.config.decoder_layers + 1
    assert len(outputs.encoder_hidden_states) == model.config.num_hidden_layers + 1
    if settings.get("attention") == "none":
        assert outputs.cross_attentions is None
        return
    for weights in outputs.cross_attentions:
        assert weights.shape == (3, 1 if "cell_type" in settings else 2, 5, ids.shape[1])
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
        assert weights.masked_select((mask == 0)[:, None, None, :]).abs().max() == 0


@pytest.mark.parametrize("reentrant", [True, False])
@every_family
def test_gradient_checkpointing_changes_no_gradient(settings, reentrant):
    model, (ids, mask) = make_model(**settings).train(), pad(make_sources())
    batch = {"input_ids": ids, "attention_mask": mask, "labels": make_labels()}
    plain = gradients(model, model(**batch).loss)
    model.gradient_checkpointing_enable({"use_reentrant": reentrant})
    if reentrant:
        model.enable_input_require_grads()
    again = gradients(model, model(**batch).loss)
    assert again.keys() == plain.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(again[name], gradient, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("tie", [True, False])
@pytest.mark.parametrize("settings", [TRANSFORMERS[0], RECURRENT[0]], ids=name_of)
def test_embeddings_are_one_where_the_configuration_says_so_also_after_loading(settings, share, tie, tmp_path):
    made = make_model(**settings | {"share_embeddings": share, "tie_word_embeddings": tie})
    made.save_pretrained(tmp_path)
    loaded = type(made).from_pretrained(tmp_path).eval()
    for model in (made, loaded):
        source, target = model.model.encoder.embeddings.tokens.weight, model.model.decoder.embeddings.tokens.weight
        assert (source is target) == share
        assert (model.lm_head.weight is target) == tie
    ids, mask = pad(make_sources())
    batch = {"input_ids": ids, "attention_mask": mask, "decoder_input_ids": make_targets()}
    torch.testing.assert_close(loaded(**batch).logits, made(**batch).logits)


def test_a_source_or_target_longer_than_learned_positions_is_refused_with_the_limit():
    model = make_model(**TRANSFORMERS[1])
    short, long = torch.full((1, 4), 5), torch.full((1, 17), 5)
    for source, target in ((long, short), (short, long)):
        with pytest.raises(ValueError, match=r"17 steps.*max_position_embeddings=16"):
            model(input_ids=source, decoder_input_ids=target)
    model(input_ids=torch.full((1, 16), 5), decoder_input_ids=torch.full((1, 16), 5))


@pytest.mark.parametrize("settings", [RECURRENT[0], RECURRENT[2]], ids=name_of)
def test_scheduled_sampling_reads_the_models_own_predictions_in_training_only(settings):
    model, (ids, mask) = make_model(**settings, scheduled_sampling=1.0), pad(make_sources())
    labels = make_targets(steps=6)[:, 1:]
    forced = model(input_ids=ids, attention_mask=mask, labels=labels)
    own = forced.logits.argmax(-1)
    read = torch.cat([torch.full((3, 1), START), own[:, :-1]], 1)
    expected = model(input_ids=ids, attention_mask=mask, labels=labels, decoder_input_ids=read).loss
    sampled = model.train()(input_ids=ids, attention_mask=mask, labels=labels).loss
    torch.testing.assert_close(sampled, expected, **EXACT)
    assert (sampled - forced.loss).abs() > 1e-3
    model.config.scheduled_sampling = 0.0
    torch.testing.assert_close(model(input_ids=ids, attention_mask=mask, labels=labels).loss, forced.loss, **EXACT)


@pytest.mark.parametrize("settings", [TRANSFORMERS[0], RECURRENT[0], RECURRENT[2]], ids=name_of)
def test_a_batch_can_be_learnt_by_heart_and_is_then_written(settings):
    torch.manual_seed(0)
    made = make_model(**settings)
    model = type(made)(made.config).train()
    ids, labels = torch.stack(make_sources((5,) * 4)), make_targets(4, 6, seed=5)[:, 1:]
    labels[:, -1] = END
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-2)
    for _ in range(150):
        optimizer.zero_grad()
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
    assert loss < 0.05
    written = model.eval().generate(input_ids=ids, max_new_tokens=5, do_sample=False)
    assert written[:, 1:].tolist() == labels.tolist()


def test_the_transformer_is_torchs_own_with_the_same_weights():
    ours = make_model(position_embedding="none", norm_first=False, tie_word_embeddings=False)
    stack = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, 0.0, batch_first=True), 2).eval()
    for mine, theirs in zip(ours.model.decoder.layers, stack.layers, strict=True):
        cross = mine.cross_attention
        weights = {
            "self_attn.in_proj_weight": mine.attention.qkv.weight,
            "self_attn.in_proj_bias": mine.attention.qkv.bias,
            "multihead_attn.in_proj_weight": torch.cat([cross.query.weight, cross.key_value.weight]),
            "multihead_attn.in_proj_bias": torch.cat([cross.query.bias, cross.key_value.bias]),
        }
        same = {
            "self_attn.out_proj": mine.attention.output,
            "multihead_attn.out_proj": cross.output,
            "linear1": mine.widen,
            "linear2": mine.narrow,
            "norm1": mine.attention_norm,
            "norm2": mine.cross_attention_norm,
            "norm3": mine.feed_forward_norm,
        }
        for name, module in same.items():
            weights |= {f"{name}.weight": module.weight, f"{name}.bias": module.bias}
        theirs.load_state_dict(weights)
    (ids, mask), targets = pad(make_sources()), make_targets()
    with torch.no_grad():
        encoded = ours.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        embedded = ours.model.decoder.embeddings.tokens(targets) * 8**0.5
        states = stack(
            embedded,
            encoded,
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(5),
            memory_key_padding_mask=mask == 0,
            tgt_is_causal=True,
        )
        expected = states @ ours.lm_head.weight.T
        logits = ours(input_ids=ids, attention_mask=mask, decoder_input_ids=targets).logits
    torch.testing.assert_close(logits, expected, **EXACT)


def attend_by_hand(kind: str, decoder: nn.Module, state: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    """Context (H,) of one state (H,) over the real source steps (S, H), a loop over them."""
    alignment, scores = decoder.alignment, []
    for each in source:
        if kind == "additive":
            inner = torch.tanh(alignment.query.weight @ state + alignment.query.bias + alignment.key.weight @ each)
            scores.append(alignment.energy.weight[0] @ inner)
        else:
            scores.append(state @ (alignment.key.weight @ each if kind == "general" else each))
    return torch.stack(scores).softmax(0) @ source


@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("kind", ["additive", "general", "dot"])
def test_the_recurrent_decoder_is_one_written_out_step_by_step(kind, feeding):
    model = make_model(cell_type="lstm", attention=kind, input_feeding=feeding, bidirectional=True)
    decoder, source, target = model.model.decoder, make_sources((4,))[0], make_targets(1)[0]
    with torch.no_grad():
        encoded = model.get_encoder()(input_ids=source[None]).last_hidden_state[0]  # (S, H)
        ended = torch.cat([encoded[-1, :4], encoded[0, 4:]])
        start = decoder.bridge.project(ended).view(2, 2, 8)
        state = [(torch.tanh(start[layer, 0])[None], start[layer, 1][None]) for layer in range(2)]
        seen, expected = torch.zeros(6), []
        for token in target:
            inputs = decoder.embeddings.tokens.weight[token]
            inputs = torch.cat([inputs, seen])[None] if feeding else inputs[None]
            for depth, layer in enumerate(decoder.layers):
                cell = nn.LSTMCell(inputs.shape[1], 8)
                cell.load_state_dict({name[:-3]: value for name, value in layer.forward_cell.state_dict().items()})
                state[depth] = cell(inputs, state[depth])
                inputs = state[depth][0]
            context = attend_by_hand(kind, decoder, inputs[0], encoded)
            seen = torch.tanh(decoder.combine(torch.cat([context, inputs[0]])))
            expected.append(model.lm_head.weight @ seen)
        logits = model(input_ids=source[None], decoder_input_ids=target[None]).logits[0]
    torch.testing.assert_close(logits, torch.stack(expected), **EXACT)


def test_wrong_inputs_are_refused_with_words():
    model = make_model(**RECURRENT[0])
    ids = torch.full((2, 3), 5)
    with pytest.raises(ValueError, match="give decoder_input_ids"):
        model(input_ids=ids)
    with pytest.raises(ValueError, match=r"labels have shape \(2, 2\), the decoder read \(2, 3\)"):
        model(input_ids=ids, decoder_input_ids=ids, labels=ids[:, :2])
    with pytest.raises(ValueError, match=r"attention_mask has shape \(2, 4\), the inputs \(2, 3\)"):
        model(input_ids=ids, attention_mask=torch.ones(2, 4), labels=ids)
    with pytest.raises(IndexError, match=r"token id 99 is outside .* own tokenizer"):
        model(input_ids=ids + 94, labels=ids)
    with pytest.raises(ValueError, match="share_embeddings=False"):
        make_model(**RECURRENT[3]).resize_token_embeddings(20)
    model.config.decoder_start_token_id = None
    with pytest.raises(ValueError, match="decoder_start_token_id is None"):
        model(input_ids=ids, labels=ids)
