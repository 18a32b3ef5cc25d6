# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The mistakes that exporters made with these models are seen by the comparison: each is planted here."""

import pytest
import torch
from torch import nn

pytest.importorskip("onnxruntime")

from hf_seq.errors import InputError
from hf_seq.exporting.building import build
from hf_seq.exporting.comparing import compare_with_torch
from hf_seq.exporting.sessions import make_run
from tests.models.factories import make_model

from .test_building import OPSET, perturbed


@pytest.fixture
def model():
    return perturbed(make_model(cell_type="lstm", bidirectional=True, pooling="last"))


def asked_otherwise(model, change):
    """A run whose graph sees changed inputs."""
    run = make_run(build(model, OPSET))
    return lambda name, inputs: run(name, change(dict(inputs)))


def test_a_graph_that_was_recorded_for_one_length_is_refused(model, tmp_path):
    """What `len()` became: pooling takes the step that was last in the recorded batch."""

    class Recorded(nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, ids, mask):
            states = self.model.model(input_ids=ids, attention_mask=mask).last_hidden_state
            return self.model.classifier(states[:, min(6, ids.shape[1] - 1)])

    uni = perturbed(make_model(cell_type="lstm", bidirectional=False, pooling="last"))
    recorded = torch.jit.trace(Recorded(uni).eval(), (torch.ones(2, 7).long(), torch.ones(2, 7).long()))

    def run(name, inputs):
        ids, mask = torch.from_numpy(inputs["input_ids"]), torch.from_numpy(inputs["attention_mask"])
        ids, mask = (nn.functional.pad(each, (0, max(0, 7 - each.shape[1]))) for each in (ids, mask))
        return {"logits": recorded(ids, mask).detach().numpy()}

    with pytest.raises(InputError, match=r"other numbers than torch: a difference of .* for \d+ rows of \d+ steps"):
        compare_with_torch(uni, run)


def test_a_graph_that_takes_padding_to_be_on_the_right_is_refused(model):
    def moved(inputs):
        rows = inputs["attention_mask"].sum(1, keepdims=True)
        steps = torch.arange(inputs["attention_mask"].shape[1])
        return inputs | {"attention_mask": (steps.numpy() < rows).astype("int64")}

    with pytest.raises(InputError, match=r"padding: (left|holes|single)\. Nothing was written"):
        compare_with_torch(model, asked_otherwise(model, moved))


def test_a_graph_that_ignores_the_mask_is_refused(model):
    def unmasked(inputs):
        return inputs | {"attention_mask": inputs["attention_mask"] * 0 + 1}

    with pytest.raises(InputError, match="padding: empty"):
        compare_with_torch(model, asked_otherwise(model, unmasked))


def test_a_graph_of_other_weights_is_refused(model):
    other = perturbed(perturbed(make_model(cell_type="lstm", bidirectional=True, pooling="last")))
    with pytest.raises(InputError, match="for 1 rows of 1 steps, padding: none"):
        compare_with_torch(model, make_run(build(other, OPSET)))


def test_numbers_that_are_none_are_refused(model):
    run = make_run(build(model, OPSET))
    with pytest.raises(InputError, match="a difference of nan"):
        compare_with_torch(model, lambda name, inputs: {"logits": run(name, inputs)["logits"] * float("nan")})


def test_a_state_that_is_not_carried_is_refused():
    from hf_seq import RecurrentConfig, RecurrentForCausalLM

    config = RecurrentConfig(bidirectional=False, hidden_size=8, embedding_size=8, vocab_size=30)
    writer = perturbed(RecurrentForCausalLM(config))

    def forgetful(inputs):
        return {name: value * 0 if name.startswith("past.") else value for name, value in inputs.items()}

    with pytest.raises(InputError, match="other numbers than torch"):
        compare_with_torch(writer, asked_otherwise(writer, forgetful))
