# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Gates: against torch's own cells stepped one by one, and against their formulas in plain numpy."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers import PreTrainedConfig, PreTrainedModel

from hf_seq import trace
from hf_seq.models.padding import Padding
from hf_seq.models.recurrence import RecurrentLayer
from hf_seq.tracing.capture import Recorder
from hf_seq.tracing.gates import read_gates, run_cell

from .factories import TEXT, make_recurrent, make_seq2seq, make_tokenizer, perturb


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def embedded(seen):
    return next(stage.output for stage in seen.stages if stage.name == "model.embeddings.tokens")


def weights_of(cell):
    return {
        name: getattr(cell, f"{name}_l0").detach().numpy() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }


def test_gates_of_an_lstm_are_those_of_its_formulas():
    model = make_recurrent(bidirectional=False, num_hidden_layers=1)
    seen = trace(model, make_tokenizer(), TEXT)
    found, w = seen.gates[0].values, weights_of(model.model.layers[0].forward_cell)
    hidden, memory = np.zeros(10), np.zeros(10)
    for step, vector in enumerate(embedded(seen)[0].numpy()):
        total = w["weight_ih"] @ vector + w["bias_ih"] + w["weight_hh"] @ hidden + w["bias_hh"]
        entry, forget, new, leave = total[:10], total[10:20], total[20:30], total[30:]
        memory = sigmoid(forget) * memory + sigmoid(entry) * np.tanh(new)
        hidden = sigmoid(leave) * np.tanh(memory)
        for name, expected in (
            ("input", sigmoid(entry)),
            ("forget", sigmoid(forget)),
            ("output", sigmoid(leave)),
            ("cell", memory),
        ):
            np.testing.assert_allclose(found[name][0, step], expected, atol=1e-5)


def test_the_cell_of_an_lstm_is_that_of_torchs_single_cell():
    model = make_recurrent(bidirectional=False, num_hidden_layers=1)
    seen = trace(model, make_tokenizer(), TEXT)
    layer = model.model.layers[0].forward_cell
    single = nn.LSTMCell(6, 10)
    single.load_state_dict({name: getattr(layer, f"{name}_l0") for name in single.state_dict()})
    state = (torch.zeros(1, 10), torch.zeros(1, 10))
    for step, vector in enumerate(embedded(seen)[0]):
        state = single(vector.unsqueeze(0), state)
        torch.testing.assert_close(seen.gates[0].values["cell"][:, step], state[1])


def test_gates_of_a_gru_are_those_of_its_formulas():
    model = make_recurrent(cell_type="gru", bidirectional=False, num_hidden_layers=1)
    seen = trace(model, make_tokenizer(), TEXT)
    found, w = seen.gates[0].values, weights_of(model.model.layers[0].forward_cell)
    hidden = np.zeros(10)
    for step, vector in enumerate(embedded(seen)[0].numpy()):
        x, h = w["weight_ih"] @ vector + w["bias_ih"], w["weight_hh"] @ hidden + w["bias_hh"]
        reset, update = sigmoid(x[:10] + h[:10]), sigmoid(x[10:20] + h[10:20])
        hidden = (1 - update) * np.tanh(x[20:] + reset * h[20:]) + update * hidden
        np.testing.assert_allclose(found["reset"][0, step], reset, atol=1e-5)
        np.testing.assert_allclose(found["update"][0, step], update, atol=1e-5)


def test_the_backward_direction_is_shown_in_its_own_order():
    model = make_recurrent(num_hidden_layers=1)
    once = trace(model, None, {"input_ids": [[5, 6, 7]]})
    turned = trace(model, None, {"input_ids": [[7, 6, 5]]})
    backward = once.gates[1]
    assert backward.backwards
    cell, other = model.model.layers[0].backward_cell, model.model.layers[0].forward_cell
    other.load_state_dict(cell.state_dict())
    forward = trace(model, None, {"input_ids": [[7, 6, 5]]}).gates[0]
    assert not forward.backwards
    torch.testing.assert_close(backward.values["input"], forward.values["input"])
    assert not torch.allclose(backward.values["input"], turned.gates[1].values["input"])


@pytest.mark.parametrize("layout", ["right", "left"])
def test_padding_takes_no_part_in_the_real_steps_of_gates(layout):
    model = make_recurrent(num_hidden_layers=1)
    alone = trace(model, None, {"input_ids": [[5, 6, 7]]})
    row, mask = ([5, 6, 7, 0, 0], [1, 1, 1, 0, 0]) if layout == "right" else ([0, 0, 5, 6, 7], [0, 0, 1, 1, 1])
    padded = trace(model, None, {"input_ids": [row, [8, 9, 8, 9, 8]], "attention_mask": [mask, [1] * 5]})
    for first, second in zip(alone.gates, padded.gates, strict=True):
        assert second.mask.tolist() == [[True] * 3 + [False] * 2, [True] * 5]
        torch.testing.assert_close(first.values["forget"][0], second.values["forget"][0][second.mask[0]])


class StackedConfig(PreTrainedConfig):
    model_type = "stacked"


class Stacked(PreTrainedModel):
    """Somebody else's model: torch's own LSTM, two layers, both ways, from a state that is not zero."""

    config_class = StackedConfig
    cell_class = nn.LSTM

    def __init__(self, config):
        super().__init__(config)
        self.table = nn.Embedding(20, 6)
        self.cell = self.cell_class(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.post_init()

    def forward(self, input_ids, attention_mask=None):
        start = torch.full((4, input_ids.shape[0], 5), 0.3)
        return self.cell(self.table(input_ids), (start, -start))


def test_gates_of_any_lstm_of_torch_lead_to_its_states():
    seen = trace(perturb(Stacked(StackedConfig())), None, {"input_ids": [[5, 6, 7], [8, 9, 10]]})
    assert [gates.title for gates in seen.gates] == [
        f"cell (layer {layer}, {way})" for layer in (1, 2) for way in ("forwards", "backwards")
    ]
    assert all(gates.error < 1e-5 for gates in seen.gates)


class TwistedLSTM(nn.LSTM):
    """Gives other states than its weights say."""

    def forward(self, inputs, state):
        states, last = super().forward(inputs, state)
        return states + 0.1, last


class Twisted(Stacked):
    cell_class = TwistedLSTM


def test_gates_that_do_not_lead_to_the_states_are_not_shown():
    seen = trace(perturb(Twisted(StackedConfig())), None, {"input_ids": [[5, 6, 7]]})
    assert seen.gates == []
    assert any("its gates are not shown" in note and "0.1" in note for note in seen.notes)


class Leaky(nn.Module):
    """A cell that torch does not have: half of the state before and half of the input."""

    def __init__(self, size=6, *_, **__):
        super().__init__()
        self.size = size

    def forward(self, inputs, *state):
        states, last = [], inputs.new_zeros(inputs.shape[0], self.size)
        for step in inputs.unbind(1):
            last = (last + step) / 2
            states.append(last)
        return torch.stack(states, 1)


class LeakyCell(Leaky):
    """The same, as our layers call a cell."""

    def forward(self, inputs, *state):
        states = super().forward(inputs)
        return states, (states[:, -1],)


class OpenLeaky(Leaky):
    """The same with a method that shows its one gate."""

    error = 0.0

    def gates(self, inputs, state):
        weights = 0.5 ** torch.arange(inputs.shape[1], 0, -1)  # of each step in the last state
        states = [(weights[-t:, None] * inputs[:, :t]).sum(1) for t in range(1, inputs.shape[1] + 1)]
        return {"leak": torch.full_like(inputs, 0.5)}, torch.stack(states, 1) + self.error


class OpenLeakyStacked(Stacked):
    cell_class = OpenLeaky


def test_a_cell_that_torch_does_not_have_shows_the_gates_that_its_method_gives():
    seen = trace(OpenLeakyStacked(StackedConfig()), None, {"input_ids": [[5, 6, 7], [8, 9, 10]]})
    (gates,) = seen.gates
    assert gates.title == "cell"
    assert gates.values["leak"].unique().tolist() == [0.5]
    assert gates.error < 1e-6
    assert not any("gates are not shown" in note for note in seen.notes)


def test_gates_of_such_a_cell_must_lead_to_its_states():
    model = OpenLeakyStacked(StackedConfig())
    model.cell.error = 0.1
    seen = trace(model, None, {"input_ids": [[5, 6, 7]]})
    assert seen.gates == []
    assert any("differ from its own by 0.1" in note for note in seen.notes)


@pytest.mark.parametrize("name", ["LeakyLSTM", "RNNCell"])
def test_a_cell_without_the_method_is_named(name):
    kind = type(name, (Leaky,), {})
    model = type("Other", (Stacked,), {"cell_class": kind})(StackedConfig())
    seen = trace(model, None, {"input_ids": [[5, 6, 7]]})
    assert seen.gates == []
    assert any(
        note.startswith(f"cell: its gates are not shown, since {name} is none of torch's") for note in seen.notes
    )


def test_a_cell_of_any_name_in_a_layer_of_ours_is_named():
    model = make_recurrent(bidirectional=False, num_hidden_layers=1, embedding_size=10)
    model.model.layers[0].forward_cell = LeakyCell(10)
    seen = trace(model, make_tokenizer(), TEXT)
    assert any("layers.0.forward_cell: its gates are not shown, since LeakyCell is none" in note for note in seen.notes)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_decoder_that_reads_on_from_the_source_has_gates_too(cell):
    seen = trace(make_seq2seq("Recurrent", cell_type=cell), make_tokenizer(), [TEXT, "good film"], max_new_tokens=4)
    names = [gates.title for gates in seen.gates]
    assert names[-2:] == ["model.decoder.layers.0.forward_cell", "model.decoder.layers.1.forward_cell"]
    assert all(gates.error < 1e-5 for gates in seen.gates)


def test_a_layer_that_reads_on_over_padding_has_gates_at_real_steps():
    layer = perturb(RecurrentLayer("lstm", 6, 5, bidirectional=False))
    draw = torch.Generator().manual_seed(0)
    inputs, state = torch.randn(2, 4, 6, generator=draw), [torch.randn(2, 5, generator=draw) for _ in range(2)]
    real = torch.tensor([[False, False, True, True], [True] * 4])
    with Recorder(layer) as recorder, torch.no_grad():
        layer(inputs, Padding(real).ordered(), *state)
    (gates,) = read_gates(recorder.calls, lambda call, shape: None)
    alone, _ = run_cell(layer.forward_cell, inputs[:1, 2:], (state[0][:1], state[1][:1]))
    torch.testing.assert_close(gates.values["forget"][:1, :2], alone["forget"])
    assert gates.mask.tolist() == [[True, True, False, False], [True] * 4]
    assert gates.error < 1e-5
