# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A cell that a researcher registers from outside is a full citizen: trained, saved, shipped, loaded, watched."""

import importlib.util
import sys

import pytest
import torch
from transformers import Trainer
from transformers.modeling_layers import GradientCheckpointingLayer

from hf_seq import RecurrentConfig, RecurrentForCausalLM, RecurrentForSequenceClassification
from hf_seq.models.recurrence import CELLS, Cell, RecurrentLayer, register_cell
from tests.test_shipping import WITHOUT_HF_SEQ, run

from .factories import LAYOUTS, make_batch, make_sequences, perturb
from .language_models import make_ids
from .layer_norm_lstm import LayerNormLSTM
from .seq2seq_factories import make_model as make_writer
from .seq2seq_factories import make_sources, pad
from .test_stock_trainer import TOPICS, arguments, mean_loss

SMALL = {"vocab_size": 23, "embedding_size": 6, "hidden_size": 8, "num_hidden_layers": 2, "cell_type": "ln-lstm"}
STILL = {"embedding_dropout": 0.0, "hidden_dropout": 0.0, "classifier_dropout": 0.0}


def classifier(**settings):
    return RecurrentForSequenceClassification(RecurrentConfig(**SMALL | STILL | settings))


def by_hand(cell: LayerNormLSTM, steps: torch.Tensor) -> torch.Tensor:
    """The outputs (T, H) for one sequence (T, E), written out of the paper's formulas."""
    hidden = memory = torch.zeros(cell.hidden_size)
    outputs = []
    for step in steps:
        given = torch.nn.functional.layer_norm(cell.of_input.weight @ step, (4 * cell.hidden_size,))
        given = given * cell.input_norm.weight + cell.input_norm.bias
        before = torch.nn.functional.layer_norm(cell.of_state.weight @ hidden, (4 * cell.hidden_size,))
        before = before * cell.state_norm.weight + cell.state_norm.bias
        i, f, g, o = (given + before).split(cell.hidden_size)
        memory = torch.sigmoid(f + cell.forget_bias + 1) * memory + torch.sigmoid(i) * torch.tanh(g)
        normed = torch.nn.functional.layer_norm(memory, (cell.hidden_size,))
        hidden = torch.sigmoid(o) * torch.tanh(normed * cell.cell_norm.weight + cell.cell_norm.bias)
        outputs.append(hidden)
    return torch.stack(outputs)


def test_a_bidirectional_layer_of_it_is_the_formula_both_ways():
    layer = perturb(RecurrentLayer("ln-lstm", 3, 8, bidirectional=True))
    steps = torch.stack(make_sequences("input_values", (5,)))
    with torch.no_grad():
        ahead = by_hand(layer.forward_cell, steps[0])
        behind = by_hand(layer.backward_cell, steps[0].flip(0)).flip(0)
        torch.testing.assert_close(layer(steps)[0], torch.cat([ahead, behind], -1))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_padding_changes_nothing(layout):
    model, sequences = perturb(classifier()).eval(), make_sequences("input_ids")
    with torch.no_grad():
        alone = torch.cat([model(input_ids=each[None]).logits for each in sequences])
        torch.testing.assert_close(model(**make_batch("input_ids", sequences, layout)).logits, alone)


def test_trainer_of_transformers_trains_it(tmp_path):
    model = classifier()
    before = mean_loss(model, TOPICS)
    Trainer(model, arguments(tmp_path), train_dataset=TOPICS, eval_dataset=TOPICS).train()
    assert mean_loss(model, TOPICS) < before


def test_a_language_model_of_it_generates_as_by_reading_everything_again():
    model = perturb(RecurrentForCausalLM(RecurrentConfig(**SMALL | STILL, bidirectional=False))).eval()
    options = {"do_sample": False, "num_beams": 3, "max_new_tokens": 6, "pad_token_id": 0}
    plain = model.generate(make_ids(), use_cache=False, **options)
    assert torch.equal(model.generate(make_ids(), **options), plain)


def test_an_encoder_decoder_of_it_writes_as_by_reading_everything_again():
    model, (ids, mask) = make_writer(cell_type="ln-lstm", attention="general"), pad(make_sources())
    options = {"attention_mask": mask, "num_beams": 3, "max_new_tokens": 6}
    assert torch.equal(model.generate(ids, **options), model.generate(ids, use_cache=False, **options))


def test_gradient_checkpointing_changes_no_gradient():
    model, batch = perturb(classifier()).train(), make_batch("input_ids", make_sequences("input_ids"), "left")
    found = []
    for on in (False, True):
        (model.gradient_checkpointing_enable if on else model.gradient_checkpointing_disable)()
        model.zero_grad()
        model(**batch, labels=torch.tensor([0, 1, 1, 0])).loss.backward()
        found.append({name: weight.grad.clone() for name, weight in model.named_parameters()})
    assert isinstance(model.model.layers[0], GradientCheckpointingLayer)
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


LOAD = """
import transformers
model = transformers.AutoModelForSequenceClassification.from_pretrained(sys.argv[1], **trust).eval()
encoder = transformers.AutoModel.from_pretrained(sys.argv[1], **trust).eval()
ids = torch.tensor([[3, 1, 4, 1, 5]])
with torch.no_grad():
    report = {"logits": model(ids).logits.tolist(), "states": encoder(ids).last_hidden_state.tolist()}
model.save_pretrained(sys.argv[2])
print("REPORT" + json.dumps(report))
"""


def test_its_file_travels_with_the_model_and_loads_where_neither_is_installed(tmp_path):
    model = perturb(classifier()).eval()
    model.save_pretrained(tmp_path / "one")
    files = {path.name for path in (tmp_path / "one").glob("*.py")}
    assert {"layer_norm_lstm.py", "modeling_recurrent_entry.py"} <= files
    assert "crf.py" not in files
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    for source, target in (("one", "two"), ("two", "three")):
        report = run(WITHOUT_HF_SEQ + LOAD, tmp_path / source, tmp_path / target, home=tmp_path / "home")
        torch.testing.assert_close(torch.tensor(report["logits"]), model(ids).logits.detach())
        torch.testing.assert_close(torch.tensor(report["states"]), model.model(ids).last_hidden_state.detach())
    assert files == {path.name for path in (tmp_path / "two").glob("*.py")}
    again = RecurrentForSequenceClassification.from_pretrained(tmp_path / "one")
    torch.testing.assert_close(again.eval()(ids).logits, model(ids).logits)


def imported(path, code: str):
    """A module of the user's, from a file."""
    path.write_text(code)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "first", "said"),
    [
        ("clever", "import hf_seq", r"cannot be saved with the model because of the line 'import hf_seq'"),
        ("pooling", "import torch", r"has the name of a file of hf_seq \(pooling.py\); rename it"),
    ],
)
def test_a_file_that_cannot_travel_is_refused_in_words(tmp_path, monkeypatch, name, first, said):
    code = "from hf_seq.models.recurrence import Cell\nclass Own(Cell):\n    def step(self, x, s): return s\n"
    module = imported(tmp_path / f"{name}.py", f"{first}\n{code}")
    monkeypatch.setitem(CELLS, "own", module.Own)
    model = RecurrentForSequenceClassification(RecurrentConfig(**SMALL | {"cell_type": "gru"}))
    model.model.layers[0].forward_cell = module.Own(6, 4)
    with pytest.raises(ValueError, match=said):
        model.save_pretrained(tmp_path / "saved")


def test_what_is_no_cell_or_has_the_name_of_another_is_refused():
    with pytest.raises(TypeError, match=r"is not a subclass of .*Cell; derive from it and give step"):
        register_cell("linear", torch.nn.Linear)
    with pytest.raises(ValueError, match=r"cell_type='lstm' is hf_seq.models.recurrence.LSTM already"):
        register_cell("lstm", LayerNormLSTM)
    with pytest.raises(ValueError, match=r"cell_type='leaky' is not registered, only .*ln-lstm"):
        RecurrentLayer("leaky", 3, 4, bidirectional=False)
    with pytest.raises(NotImplementedError, match=r"Cell must say what one step does"):
        Cell(3, 4)(torch.zeros(1, 2, 3))
