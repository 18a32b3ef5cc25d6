# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes training fast changes nothing of it: 50 steps of ours lose what the plain formulas lose, to 1e-6.

The oracle is written from the papers, a row and a step at a time: the LSTM (Hochreiter & Schmidhuber 1997),
all paths of a chain one by one, the softmax, AdamW (Loshchilov & Hutter 2019) of every weight at every step. Ours pads,
runs kernels, makes gradients of the CRF and of the head by hand, clips sparse gradients and updates rows. Every batch
holds every word, so that rows that wait (`RowAdamW`) have nothing to wait for.
"""

import itertools
import random

import pytest
import torch

from hf_seq import (
    RecurrentConfig,
    RecurrentForCausalLM,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
)
from hf_seq.loops.row_adamw import RowAdamW
from hf_seq.loops.row_gradients import clip_gradients, use_row_gradients

STEPS, RATE, DECAY, BETAS, EPSILON, MOST = 50, 0.02, 0.1, (0.9, 0.999), 1e-8, 0.5
WORDS, LABELS = 6, 3
SHAPE = {"vocab_size": WORDS + 1, "embedding_size": 4, "hidden_size": 6, "num_hidden_layers": 1, "pad_token_id": 0}
STILL = {"embedding_dropout": 0.0, "hidden_dropout": 0.0, "classifier_dropout": 0.0}
LAYER = "model.layers.0"


def lstm(weights, inputs, cell):
    """Run a cell over the steps of one row."""
    name = f"{LAYER}.{cell}"
    width = weights[f"{name}.weight_hh_l0"].shape[1]
    hidden = memory = inputs.new_zeros(width)
    states = []
    for each in inputs:
        gates = weights[f"{name}.weight_ih_l0"] @ each + weights[f"{name}.bias_ih_l0"]
        gates = gates + weights[f"{name}.weight_hh_l0"] @ hidden + weights[f"{name}.bias_hh_l0"]
        enter, forget, new, out = gates.split(width)
        memory = forget.sigmoid() * memory + enter.sigmoid() * new.tanh()
        hidden = out.sigmoid() * memory.tanh()
        states.append(hidden)
    return torch.stack(states)


def read(weights, row, both=True):
    """Return the states of a row, (T, H)."""
    inputs = weights["model.embeddings.tokens.weight"][row]
    ahead = lstm(weights, inputs, "forward_cell")
    return torch.cat([ahead, lstm(weights, inputs.flip(0), "backward_cell").flip(0)], 1) if both else ahead


def class_loss(weights, rows, labels):
    pooled = torch.stack([read(weights, row).mean(0) for row in rows])
    scores = pooled @ weights["classifier.weight"].T + weights["classifier.bias"]
    return -scores.log_softmax(-1)[range(len(rows)), labels].mean()


def chain_loss(weights, rows, tags):
    total = 0.0
    for row, gold in zip(rows, tags, strict=True):
        scores = read(weights, row) @ weights["classifier.weight"].T + weights["classifier.bias"]

        def path(tags, scores=scores):
            moves = sum(weights["crf.pair"][pair] for pair in itertools.pairwise(tags))
            ends = weights["crf.start"][tags[0]] + weights["crf.end"][tags[-1]]
            return scores[range(len(tags)), tags].sum() + moves + ends

        every = [path(list(tags)) for tags in itertools.product(range(LABELS), repeat=len(gold))]
        total = total + torch.stack(every).logsumexp(0) - path(gold)
    return total / sum(map(len, tags))


def text_loss(weights, rows, _):
    losses = []
    for row in rows:
        scores = read(weights, row[:-1], both=False) @ weights["lm_head.weight"].T + weights["lm_head.bias"]
        losses += list(-scores.log_softmax(-1)[range(len(row) - 1), row[1:]])
    return torch.stack(losses).mean()


def train_plainly(weights, batches, loss_of):
    """Take the steps by the formulas, and return the loss before each."""
    moments = {name: (torch.zeros_like(each), torch.zeros_like(each)) for name, each in weights.items()}
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = loss_of(weights, *batch)
        gradients = dict(zip(weights, torch.autograd.grad(loss, list(weights.values())), strict=True))
        norm = sum(each.square().sum() for each in gradients.values()).sqrt()
        shorter = MOST / (norm + 1e-6) if norm > MOST else 1.0
        for name, gradient in gradients.items():
            first, second = moments[name]
            first = BETAS[0] * first + (1 - BETAS[0]) * gradient * shorter
            second = BETAS[1] * second + (1 - BETAS[1]) * (gradient * shorter) ** 2
            moments[name] = first, second
            spread = (second / (1 - BETAS[1] ** step)).sqrt() + EPSILON
            kept = weights[name].detach() * (1 - RATE * DECAY)
            weights[name] = (kept - RATE * first / (1 - BETAS[0] ** step) / spread).requires_grad_()
        losses.append(loss.item())
    return losses


def train_ours(model, batches, inputs_of):
    use_row_gradients(model)
    optimizer = RowAdamW(model.parameters(), lr=RATE, weight_decay=DECAY, betas=BETAS, eps=EPSILON)
    losses = []
    for batch in batches:
        loss = model(**inputs_of(*batch)).loss
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model, MOST)
        optimizer.step()
        losses.append(loss.item())
    return losses


def padded(rows, filler):
    width = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


def batches(kind):
    """Draw the batches: three rows each, in which every word stands."""
    draw = random.Random(0)
    for _ in range(STEPS):
        words = draw.sample(range(1, WORDS + 1), WORDS)
        rows = [[*words[:3], draw.randint(1, WORDS)], words[2:5], [words[5], words[0]]]
        # the last word of a text has no next one, so a language model reads each word once more behind its place
        rows = [[*words, words[0]], [words[1], words[2], words[3]]] if kind == "text" else rows
        labels = [draw.randrange(LABELS) for _ in rows]
        yield rows, [[draw.randrange(LABELS) for _ in row] for row in rows] if kind == "chain" else labels


def inputs_for(kind):
    def inputs(rows, labels):
        ids, mask = padded(rows, 0), padded([[1] * len(row) for row in rows], 0)
        given = {"class": lambda: torch.tensor(labels), "chain": lambda: padded(labels, -100), "text": lambda: ids}
        wanted = given[kind]()
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": wanted.masked_fill(mask == 0, -100) if kind == "text" else wanted,
        }

    return inputs


MODELS = {
    "class": (RecurrentForSequenceClassification, {"pooling": "mean", "num_labels": LABELS}, class_loss),
    "chain": (RecurrentForTokenClassification, {"use_crf": True, "num_labels": LABELS}, chain_loss),
    "text": (RecurrentForCausalLM, {"bidirectional": False, "tie_word_embeddings": False}, text_loss),
}


@pytest.mark.parametrize("kind", MODELS)
def test_fifty_steps_lose_what_the_formulas_lose(kind):
    torch.manual_seed(0)
    made, settings, loss_of = MODELS[kind]
    model = made(RecurrentConfig(**SHAPE, **STILL, **settings)).double().train()
    with torch.no_grad():
        for each in model.parameters():
            each.uniform_(-0.5, 0.5)
    weights = {name: each.detach().clone().requires_grad_() for name, each in model.named_parameters()}
    drawn = list(batches(kind))
    expected = train_plainly(weights, drawn, loss_of)
    found = train_ours(model, drawn, inputs_for(kind))
    assert found == pytest.approx(expected, abs=1e-6)
    assert abs(expected[0] - expected[-1]) > 0.05  # something was learned, so that a step too few would show
