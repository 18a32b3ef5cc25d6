# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Taggers of both families, with a CRF and without: padding, losses, which steps are tagged, saving, training."""

import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from transformers import AutoModelForTokenClassification, Trainer, TrainingArguments, pipeline

from hf_seq import (
    RecurrentConfig,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    TransformerEncoderForTokenClassification,
    train_tokenizer,
)

from .factories import (
    FEATURES,
    LABELS,
    LAYOUTS,
    gradients,
    make_batch,
    make_config,
    make_sequences,
    name_of,
    perturb,
)

EXACT = {"atol": 1e-5, "rtol": 1e-5}
BIO = {"id2label": {0: "O", 1: "B-X", 2: "I-X"}, "label2id": {"O": 0, "B-X": 1, "I-X": 2}}
PLAIN = [{"cell_type": "lstm"}, {"position_embedding": "rotary"}]
CRF = [
    {"cell_type": "lstm", "use_crf": True},
    {"cell_type": "gru", "bidirectional": False, "use_crf": True},
    {"position_embedding": "learned", "use_crf": True},
]
TAGGERS = [*PLAIN, *CRF]
ROWS, STEPS = 8, 6
DRAW = torch.Generator().manual_seed(5)
IDS = torch.randint(1, 23, (ROWS, STEPS), generator=DRAW)
TAGS = torch.randint(0, LABELS, (ROWS, STEPS), generator=DRAW)
TAGS[torch.rand(TAGS.shape, generator=DRAW) < 0.4] = -100  # labels stand anywhere
COUNT = (TAGS != -100).sum()


def make_tagger(seed=0, **settings):
    """A tagger in evaluation mode with every parameter random, of the size that training finds."""
    config = make_config(**settings)
    head = RecurrentForTokenClassification
    model = perturb((head if "cell_type" in settings else TransformerEncoderForTokenClassification)(config), seed)
    for parameter in model.parameters():
        parameter.data.mul_(0.5)
    return model.eval()


def tagger_of_words(**settings):
    """A tagger with a tokenizer that splits words, and that tokenizer."""
    texts = ["the walking dog walked", "a dog walks"] * 3
    tokenizer = train_tokenizer(texts, kind="wordpiece", vocab_size=40, min_frequency=1)
    model = make_tagger(vocab_size=len(tokenizer), **settings)
    model.read_vocabulary(tokenizer)
    return model, tokenizer


@pytest.mark.parametrize("kind", ["input_ids", "input_values"])
@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_padding_changes_neither_scores_nor_labels(settings, kind):
    model = make_tagger(**settings, num_features=FEATURES if kind == "input_values" else None)
    sequences = make_sequences(kind)
    with torch.no_grad():
        alone = [model(**{kind: sequence.unsqueeze(0)}) for sequence in sequences]
        for layout in LAYOUTS:
            batch = make_batch(kind, sequences, layout)
            together = model(**batch)
            for row, (single, mask) in enumerate(zip(alone, batch["attention_mask"].bool(), strict=True)):
                torch.testing.assert_close(together.logits[row, mask], single.logits[0], **EXACT)
                if "use_crf" in settings:
                    assert torch.equal(together.best_path[row, mask], single.best_path[0])
                    assert (together.best_path[row, ~mask] == -100).all()


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_gradients_do_not_depend_on_padding(settings):
    model, sequences = make_tagger(**settings), make_sequences("input_ids")
    tags = [torch.arange(len(sequence)) % LABELS for sequence in sequences]
    count = sum(map(len, tags))
    losses = [
        model(input_ids=ids.unsqueeze(0), labels=tag.unsqueeze(0), num_items_in_batch=count).loss
        for ids, tag in zip(sequences, tags, strict=True)
    ]
    expected = gradients(model, torch.stack(losses).sum())
    for layout in LAYOUTS:
        batch = make_batch("input_ids", sequences, layout)
        labels = torch.full(batch["input_ids"].shape, -100)
        for row, tag in enumerate(tags):
            labels[row, batch["attention_mask"][row].bool()] = tag
        found = gradients(model, model(**batch, labels=labels).loss)
        for name, gradient in expected.items():
            torch.testing.assert_close(found[name], gradient, **EXACT)


@pytest.mark.parametrize("weights", [None, [0.5, 2.0, 3.0]])
@pytest.mark.parametrize("settings", PLAIN, ids=name_of)
def test_the_loss_is_the_mean_cross_entropy_of_the_labelled_steps(settings, weights):
    model = make_tagger(**settings, class_weights=weights)
    outputs = model(input_ids=IDS, labels=TAGS)
    steps = (TAGS != -100).nonzero().tolist()
    weight = torch.tensor(weights or [1.0] * LABELS)
    expected = [
        weight[TAGS[row, step]] * F.cross_entropy(outputs.logits[row, step], TAGS[row, step]) for row, step in steps
    ]
    torch.testing.assert_close(outputs.loss, torch.stack(expected).mean())


@pytest.mark.parametrize("settings", CRF, ids=name_of)
def test_the_loss_of_a_crf_is_that_of_the_labelled_steps_alone_per_labelled_step(settings):
    model = make_tagger(**settings)
    outputs, total = model(input_ids=IDS, labels=TAGS), 0.0
    for logits, tags in zip(outputs.logits, TAGS, strict=True):
        kept = tags != -100
        total = total - model.crf(logits[kept].unsqueeze(0), tags[kept].unsqueeze(0)).sum()
    torch.testing.assert_close(outputs.loss, total / COUNT)


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_four_batches_of_two_have_the_gradients_of_one_of_eight(settings):
    model = make_tagger(**settings)
    whole = gradients(model, model(input_ids=IDS, labels=TAGS).loss)
    losses = [
        model(input_ids=IDS[part], labels=TAGS[part], num_items_in_batch=COUNT).loss
        for part in torch.arange(ROWS).chunk(4)
    ]
    accumulated = gradients(model, torch.stack(losses).sum())
    for name, gradient in whole.items():
        torch.testing.assert_close(accumulated[name], gradient, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("settings", [PLAIN[0], CRF[0]], ids=name_of)
def test_trainer_takes_the_same_step_however_the_batch_is_cut(settings, tmp_path):
    table, stepped = [{"input_ids": ids, "labels": tags} for ids, tags in zip(IDS, TAGS, strict=True)], []
    for size in (8, 2):
        model = make_tagger(**settings)
        options = {"per_device_train_batch_size": size, "gradient_accumulation_steps": 8 // size, "max_steps": 1}
        quiet = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "use_cpu": True}
        step = {"learning_rate": 0.1, "lr_scheduler_type": "constant", "optim": "sgd", "max_grad_norm": 0.0}
        Trainer(model, TrainingArguments(tmp_path, **step, **options, **quiet), train_dataset=table).train()
        stepped.append(model.state_dict())
    start = make_tagger(**settings).state_dict()
    for name, weight in stepped[0].items():
        torch.testing.assert_close(stepped[1][name], weight, atol=1e-5, rtol=1e-4)
    assert any(not torch.equal(weight, start[name]) for name, weight in stepped[0].items())


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_a_batch_without_a_label_has_loss_zero(settings):
    model = make_tagger(**settings)
    loss = model(input_ids=IDS, labels=torch.full_like(TAGS, -100)).loss
    assert loss.item() == 0
    assert all(gradient.isfinite().all() for gradient in gradients(model, loss).values())


@pytest.mark.parametrize("settings", CRF, ids=name_of)
def test_with_labels_the_path_runs_over_the_labelled_steps(settings):
    model = make_tagger(**settings)
    outputs = model(input_ids=IDS, labels=TAGS)
    assert torch.equal(outputs.best_path == -100, TAGS == -100)
    assert torch.equal(outputs.best_path, model.crf.decode(outputs.logits, TAGS != -100))


def test_without_labels_the_path_runs_over_the_beginnings_of_words():
    model, tokenizer = tagger_of_words(cell_type="lstm", use_crf=True)
    batch = tokenizer(["the dogs walk", "unseen dog"], padding=True, return_tensors="pt")
    pieces = [tokenizer.convert_ids_to_tokens(row) for row in batch["input_ids"]]
    path = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).best_path
    assert any(piece.startswith("##") for row in pieces for piece in row)
    for row, labels in zip(pieces, path, strict=True):
        begins = [not piece.startswith("##") and piece != "[PAD]" for piece in row]
        assert (labels != -100).tolist() == begins


def test_without_a_vocabulary_the_path_runs_over_all_real_steps():
    model, batch = make_tagger(**CRF[0]), make_batch("input_ids", make_sequences("input_ids"), "left")
    assert torch.equal(model(**batch).best_path != -100, batch["attention_mask"].bool())


def test_the_path_runs_over_the_steps_that_the_caller_names():
    model, tokenizer = tagger_of_words(cell_type="lstm", use_crf=True)
    ids = torch.tensor([tokenizer("the dogs walk")["input_ids"]])
    tagged = torch.zeros_like(ids, dtype=torch.bool)
    tagged[0, [0, 2]] = True
    outputs = model(input_ids=ids, tagged=tagged)
    assert torch.equal(outputs.best_path, model.crf.decode(outputs.logits, tagged))
    assert torch.equal(outputs.best_path != -100, tagged)


def test_no_path_is_sought_while_training_and_a_model_without_a_crf_has_none():
    assert make_tagger(**CRF[0]).train()(input_ids=IDS, labels=TAGS).best_path is None
    assert make_tagger(**PLAIN[0])(input_ids=IDS).best_path is None


def test_the_path_keeps_the_rules_that_the_label_names_write():
    model = make_tagger(cell_type="lstm", use_crf=True, **BIO)
    model.classifier.bias.data[2] += 50  # I-X, everywhere
    assert model(input_ids=IDS).best_path.tolist() == [[1, 2, 2, 2, 2, 2]] * ROWS


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_a_tagger_is_loaded_as_it_was_saved(settings, tmp_path):
    model = make_tagger(**settings, **BIO)
    if "use_crf" in settings:
        model.word_starts.kinds.copy_(torch.randint(0, 3, (23,), generator=torch.Generator().manual_seed(1)))
    model.save_pretrained(tmp_path)
    loaded = AutoModelForTokenClassification.from_pretrained(tmp_path).eval()
    expected, found = model(input_ids=IDS, labels=TAGS), loaded(input_ids=IDS, labels=TAGS)
    assert torch.equal(found.logits, expected.logits)
    assert torch.equal(found.loss, expected.loss)
    if "use_crf" in settings:
        assert torch.equal(loaded.crf.pair_forbidden, model.crf.pair_forbidden)
        assert loaded.crf.pair_forbidden.any()
        assert torch.equal(loaded(input_ids=IDS).best_path, model(input_ids=IDS).best_path)


@pytest.mark.parametrize("missing", ["crf.start", "crf.end", "crf.pair", "word_starts.kinds"])
def test_what_is_missing_of_a_crf_starts_as_in_a_new_model(missing, tmp_path):
    model = make_tagger(**CRF[0])
    new = type(model)(model.config).state_dict()[missing]
    model.save_pretrained(tmp_path)
    saved = load_file(tmp_path / "model.safetensors")
    del saved[missing]
    save_file(saved, tmp_path / "model.safetensors", metadata={"format": "pt"})
    loaded = type(model).from_pretrained(tmp_path).state_dict()
    assert torch.equal(loaded[missing], new)
    assert all(torch.equal(loaded[name], weight) for name, weight in saved.items())


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_bfloat16_autocast_is_close_to_float32(settings):
    model = make_tagger(**settings)
    exact = model(input_ids=IDS, labels=TAGS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = model(input_ids=IDS, labels=TAGS)
    assert rough.loss.dtype == torch.float32
    torch.testing.assert_close(rough.loss, exact.loss, atol=0.03, rtol=0.03)


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_gradient_checkpointing_gives_the_same_gradients(settings):
    model = make_tagger(**settings).train()
    expected = gradients(model, model(input_ids=IDS, labels=TAGS).loss)
    enable = getattr(model, "activation_checkpointing_enable", model.gradient_checkpointing_enable)  # before 5.23
    enable({"use_reentrant": False})
    for name, gradient in gradients(model, model(input_ids=IDS, labels=TAGS).loss).items():
        torch.testing.assert_close(gradient, expected[name])


@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_every_parameter_learns(settings):
    model = make_tagger(**settings).train()
    found = gradients(model, model(input_ids=IDS, labels=TAGS).loss)
    assert {name for name, _ in model.named_parameters() if name not in found or not found[name].any()} == set()


def test_a_bilstm_crf_learns_labels_that_depend_on_the_label_before():
    # every token is alike, so only transitions can tell what follows what
    torch.manual_seed(0)
    model = RecurrentForTokenClassification(
        RecurrentConfig(vocab_size=5, hidden_size=8, embedding_size=8, use_crf=True, num_labels=3)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    ids, tags = torch.ones(1, 9, dtype=torch.long), torch.tensor([[0, 1, 2, 0, 1, 2, 0, 1, 2]])
    for _ in range(60):
        optimizer.zero_grad()
        model(input_ids=ids, labels=tags).loss.backward()
        optimizer.step()
    assert torch.equal(model.eval()(input_ids=ids).best_path, tags)


def test_the_pipeline_of_transformers_tags_words(tmp_path):
    model, tokenizer = tagger_of_words(cell_type="lstm", **BIO)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    found = pipeline("token-classification", model=str(tmp_path), ignore_labels=[])("the dogs walk")
    batch = tokenizer("the dogs walk", return_tensors="pt")
    best = model(input_ids=batch["input_ids"]).logits.argmax(-1)[0].tolist()
    assert [entity["entity"] for entity in found] == [BIO["id2label"][label] for label in best]


@pytest.mark.parametrize("use_crf", [False, True])
def test_class_weights_and_a_crf_exclude_each_other(use_crf):
    settings = {"cell_type": "lstm", "use_crf": use_crf, "class_weights": [1.0, 2.0, 3.0]}
    if not use_crf:
        assert make_config(**settings).class_weights
        return
    with pytest.raises(StrictDataclassError, match=r"class_weights weigh single labels, but use_crf=True"):
        make_config(**settings)


def test_a_scheme_that_the_labels_do_not_write_is_refused():
    with pytest.raises(ValueError, match=r"tag_scheme='bio' does not fit the labels \['LABEL_0'"):
        make_tagger(cell_type="lstm", use_crf=True, tag_scheme="bio")


@pytest.mark.parametrize("settings", [PLAIN[0], CRF[0]], ids=name_of)
@pytest.mark.parametrize("label", [3, -1])
def test_a_label_outside_the_labels_is_refused_with_their_range(settings, label):
    tags = TAGS.clone()
    tags[0, 0] = label
    with pytest.raises(
        IndexError, match=rf"labels\[...\] = {label}, but num_labels=3; labels must lie between 0 and 2"
    ):
        make_tagger(**settings)(input_ids=IDS, labels=tags)


def test_labels_of_another_shape_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"labels have shape \(8, 5\), the inputs \(8, 6\); give one label a step"):
        make_tagger(**CRF[0])(input_ids=IDS, labels=TAGS[:, 1:])


def test_label_smoothing_by_trainer_does_not_replace_the_loss_of_a_crf_in_silence(tmp_path, caplog):
    from hf_seq.models import modeling_tagging

    modeling_tagging.logger.warning_once.cache_clear()
    table = [{"input_ids": ids, "labels": tags} for ids, tags in zip(IDS, TAGS, strict=True)]
    quiet = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "use_cpu": True, "max_steps": 1}
    modeling_tagging.logging.enable_propagation()
    try:
        arguments = TrainingArguments(tmp_path, label_smoothing_factor=0.1, **quiet)
        Trainer(make_tagger(**CRF[0]), arguments, train_dataset=table).train()
    finally:
        modeling_tagging.logging.disable_propagation()
    assert "label_smoothing_factor, set that to 0" in caplog.text


def test_label_smoothing_by_trainer_does_not_drop_class_weights_in_silence(tmp_path, caplog):
    from hf_seq.models import losses

    rows = [{"input_ids": ids, "labels": tags} for ids, tags in zip(IDS, TAGS, strict=True)]
    quiet = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "use_cpu": True, "max_steps": 1}
    weighted = {"class_weights": [2.0] + [1.0] * (LABELS - 1)}
    sequences = RecurrentForSequenceClassification(RecurrentConfig(vocab_size=40, num_labels=LABELS, **weighted))
    one_each = [row | {"labels": row["labels"].max()} for row in rows]
    losses.logging.enable_propagation()
    try:
        for model, table in ((make_tagger(**weighted), rows), (sequences, one_each)):
            losses.logger.warning_once.cache_clear()
            caplog.clear()
            for smoothing in (0.0, 0.1):
                arguments = TrainingArguments(tmp_path, label_smoothing_factor=smoothing, **quiet)
                Trainer(model, arguments, train_dataset=table).train()
                assert ("class weights are unused" in caplog.text) == bool(smoothing)
    finally:
        losses.logging.disable_propagation()


@pytest.mark.parametrize("use_crf", [False, True])
def test_scores_of_a_transformer_can_be_exported_for_any_batch_and_length(use_crf):
    model = make_tagger(position_embedding="rotary", use_crf=use_crf)
    batch, steps = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("steps", min=1, max=16)
    inputs = {"input_ids": IDS, "attention_mask": torch.ones_like(IDS)}
    inputs["attention_mask"][0, :2] = 0
    shapes = {key: {0: batch, 1: steps} for key in inputs}
    with torch.no_grad():
        exported = torch.export.export(model, (), inputs, dynamic_shapes=shapes, strict=False).module()
        for rows, length in ((8, 6), (2, 9), (1, 1)):
            ids = torch.randint(1, 23, (rows, length))
            mask = torch.ones_like(ids)
            mask[0, length // 2 :] = 0
            torch.testing.assert_close(
                exported(input_ids=ids, attention_mask=mask).logits, model(input_ids=ids, attention_mask=mask).logits
            )
