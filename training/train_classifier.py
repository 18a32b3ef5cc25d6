# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a text classifier, from a data set to a saved model: a BiLSTM with attention pooling.

    python training/train_classifier.py --data builtin:reviews --output_dir runs/classifier
    accelerate launch --multi_gpu --num_processes 2 training/train_classifier.py --output_dir runs/classifier

`hf-seq train` takes the same steps, and more: it checks the data, resumes, and records what it did.
"""

from collections.abc import Sequence

from transformers import EvalPrediction

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification, load_splits, train_tokenizer
from hf_seq.data import ClassificationCollator, EncodedDataset
from hf_seq.loops.options import script_options
from hf_seq.loops.trainer import ClassifierTrainer
from hf_seq.metrics.classification import compute_classification_metrics, headline_metric
from hf_seq.text import encode_texts


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and return the scores on the test rows.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:reviews")

    splits = load_splits(given.data, max_train_rows=given.max_train_rows)
    tokenizer = train_tokenizer(splits.train["text"], kind="word", vocab_size=16_000, model_max_length=256)
    train, validation, test = (
        EncodedDataset(encode_texts(rows["text"], tokenizer, 256).input_ids, rows["label"][:])
        for rows in (splits.train, splits.validation, splits.test)
    )

    config = RecurrentConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        cell_type="lstm",
        bidirectional=True,
        pooling="attention",
        problem_type=splits.problem_type,  # type: ignore[arg-type]
        id2label=dict(enumerate(splits.label_names)),
        label2id={label: index for index, label in enumerate(splits.label_names)},
    )
    model = RecurrentForSequenceClassification(config)

    def score(prediction: EvalPrediction) -> dict[str, float]:
        return compute_classification_metrics(
            prediction.predictions,
            prediction.label_ids,
            problem_type=splits.problem_type,
            num_labels=splits.num_labels,
        )

    arguments.watch(headline_metric(splits.problem_type))  # the best epoch on validation is kept
    trainer = ClassifierTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=ClassificationCollator(tokenizer.pad_token_id, splits.problem_type),
        compute_metrics=score,
    )
    trainer.train()

    scores = trainer.evaluate(test, metric_key_prefix="test")
    model.save_pretrained(arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    return scores


if __name__ == "__main__":
    main()
