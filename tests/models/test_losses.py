# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Losses equal torch's, class weights do what they say, and gradient accumulation changes nothing."""

import pytest
import torch
from torch.nn import functional as F
from transformers import Trainer, TrainingArguments

from .factories import LABELS, gradients, make_batch, make_model, make_sequences, perturb

WEIGHTS = [0.5, 2.0, 3.0]
ROWS = 32
DRAW = torch.Generator().manual_seed(5)
LABELS_OF = {
    "single_label_classification": torch.randint(0, LABELS, (ROWS,), generator=DRAW),
    "multi_label_classification": torch.randint(0, 2, (ROWS, LABELS), generator=DRAW).float(),
    "regression": torch.randn(ROWS, LABELS, generator=DRAW),
}
PROBLEMS = [
    *({"problem_type": problem} for problem in LABELS_OF),
    {"problem_type": "single_label_classification", "class_weights": WEIGHTS},
    {"problem_type": "multi_label_classification", "class_weights": WEIGHTS},
]


def name_of(problem: dict) -> str:
    return problem["problem_type"] + ("-weighted" if "class_weights" in problem else "")


def expected_loss(logits: torch.Tensor, labels: torch.Tensor, problem: dict) -> torch.Tensor:
    """The mean loss, by torch's own functions one row at a time."""
    weight = torch.tensor(problem.get("class_weights", [1.0] * LABELS))
    if problem["problem_type"] == "single_label_classification":
        rows = [weight[label] * F.cross_entropy(row, label) for row, label in zip(logits, labels, strict=True)]
    elif problem["problem_type"] == "multi_label_classification":
        rows = [
            F.binary_cross_entropy_with_logits(row, label, weight) for row, label in zip(logits, labels, strict=True)
        ]
    else:
        rows = [F.mse_loss(row, label) for row, label in zip(logits, labels, strict=True)]
    return torch.stack(rows).mean()


def make_rows() -> dict[str, torch.Tensor]:
    return make_batch("input_ids", make_sequences("input_ids", lengths=tuple(1 + row % 6 for row in range(ROWS))))


@pytest.mark.parametrize("problem", PROBLEMS, ids=name_of)
def test_the_loss_is_the_mean_of_torch_losses(problem):
    model, labels = make_model(cell_type="gru", **problem), LABELS_OF[problem["problem_type"]]
    outputs = model(**make_rows(), labels=labels)
    torch.testing.assert_close(outputs.loss, expected_loss(outputs.logits, labels, problem))


@pytest.mark.parametrize(
    "family", [{"cell_type": "lstm"}, {"position_embedding": "learned"}], ids=["lstm", "transformer"]
)
@pytest.mark.parametrize("problem", PROBLEMS, ids=name_of)
def test_four_batches_of_eight_have_the_gradients_of_one_of_thirty_two(problem, family):
    model, labels, rows = make_model(**family, **problem), LABELS_OF[problem["problem_type"]], make_rows()
    count = (labels != -100).sum()  # what Trainer counts
    whole = gradients(model, model(**rows, labels=labels).loss)
    losses = []
    for part in torch.arange(ROWS).chunk(4):
        piece = {key: value[part] for key, value in rows.items()}
        losses.append(model(**piece, labels=labels[part], num_items_in_batch=count).loss)
    accumulated = gradients(model, torch.stack(losses).sum())
    for name, gradient in whole.items():
        torch.testing.assert_close(accumulated[name], gradient, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("problem", PROBLEMS, ids=name_of)
def test_trainer_takes_the_same_step_however_the_batch_is_cut(problem, tmp_path):
    labels, rows = LABELS_OF[problem["problem_type"]], make_rows()
    table = [{key: value[row] for key, value in rows.items()} | {"labels": labels[row]} for row in range(ROWS)]
    stepped = []
    for size in (32, 8):
        model = perturb(make_model(cell_type="gru", **problem), seed=1)
        options = {"per_device_train_batch_size": size, "gradient_accumulation_steps": 32 // size, "max_steps": 1}
        quiet = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "use_cpu": True}
        arguments = TrainingArguments(
            tmp_path,
            learning_rate=0.1,
            lr_scheduler_type="constant",
            optim="sgd",
            max_grad_norm=0.0,
            **options,
            **quiet,
        )
        Trainer(model, arguments, train_dataset=table).train()
        stepped.append(model.state_dict())
    start = perturb(make_model(cell_type="gru", **problem), seed=1).state_dict()
    for name, weight in stepped[0].items():
        torch.testing.assert_close(stepped[1][name], weight, atol=1e-5, rtol=1e-4)
    assert any(not torch.equal(weight, start[name]) for name, weight in stepped[0].items())


def test_rows_labelled_minus_100_count_for_nothing():
    model, rows = make_model(cell_type="gru"), make_rows()
    labels = LABELS_OF["single_label_classification"].clone()
    labels[::3] = -100
    kept = labels != -100
    outputs = model(**rows, labels=labels)
    torch.testing.assert_close(outputs.loss, F.cross_entropy(outputs.logits[kept], labels[kept]))


def test_a_batch_without_labelled_rows_has_loss_zero():
    model = make_model(cell_type="gru")
    loss = model(**make_rows(), labels=torch.full((ROWS,), -100)).loss
    assert loss.item() == 0
    assert all(gradient.isfinite().all() for gradient in gradients(model, loss).values())


def test_equal_class_weights_of_one_change_nothing_and_doubled_ones_double_the_loss():
    labels, rows = LABELS_OF["single_label_classification"], make_rows()
    losses = [
        make_model(cell_type="gru", class_weights=weights)(**rows, labels=labels).loss
        for weights in (None, [1, 1, 1], [2, 2, 2])
    ]
    torch.testing.assert_close(losses[1], losses[0])
    torch.testing.assert_close(losses[2], 2 * losses[0])


def test_class_weights_are_saved_with_the_model(tmp_path):
    model = make_model(cell_type="gru", class_weights=WEIGHTS)
    model.save_pretrained(tmp_path)
    loaded = type(model).from_pretrained(tmp_path).eval()
    rows, labels = make_rows(), LABELS_OF["single_label_classification"]
    assert loaded.config.class_weights == WEIGHTS
    torch.testing.assert_close(loaded(**rows, labels=labels).loss, model(**rows, labels=labels).loss)


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (torch.tensor([0, 2]), "single_label_classification"),
        (torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]), "multi_label_classification"),
    ],
    ids=["ids", "floats"],
)
def test_without_a_problem_type_the_labels_say_it_and_the_config_is_left_alone(labels, problem):
    rows = make_batch("input_ids", make_sequences("input_ids", lengths=(3, 5)))
    silent, told = make_model(cell_type="gru"), make_model(cell_type="gru", problem_type=problem)
    torch.testing.assert_close(silent(**rows, labels=labels).loss, told(**rows, labels=labels).loss)
    assert silent.config.problem_type is None


@pytest.mark.parametrize("shape", [(ROWS,), (ROWS, 1)])
def test_one_label_is_regression_with_targets_of_either_shape(shape):
    model, rows = make_model(cell_type="gru", labels=1), make_rows()
    targets = torch.linspace(-1, 1, ROWS)
    outputs = model(**rows, labels=targets.view(shape))
    torch.testing.assert_close(outputs.loss, F.mse_loss(outputs.logits[:, 0], targets))


def test_the_loss_is_float32_under_autocast():
    model = make_model(cell_type="gru")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = model(**make_rows(), labels=LABELS_OF["single_label_classification"])
    assert outputs.loss.dtype == torch.float32


@pytest.mark.parametrize("problem", ["regression", "multi_label_classification"])
def test_labels_of_the_wrong_shape_are_refused_with_both_shapes(problem):
    model = make_model(cell_type="gru", problem_type=problem)
    with pytest.raises(ValueError, match=rf"{problem} with num_labels=3 wants labels of shape \(32, 3\), got \(32,\)"):
        model(**make_rows(), labels=torch.zeros(ROWS))
