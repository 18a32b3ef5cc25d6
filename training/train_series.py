# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a classifier of series of numbers, from a data set to a saved model: a BiLSTM with attention pooling.

    python training/train_series.py --data builtin:waves --output_dir runs/waves

`hf-seq train --task series` takes the same steps, and more: it checks the data, resumes, and records what it did.
"""

from collections.abc import Sequence

from transformers import EvalPrediction

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification, SeriesFeatureExtractor
from hf_seq.data import EncodedDataset, load_series_splits
from hf_seq.data.series.batches import SeriesCollator, encode_series
from hf_seq.data.series.loading import series_arrays
from hf_seq.loops.options import script_options
from hf_seq.loops.trainer import ClassifierTrainer
from hf_seq.metrics.classification import compute_classification_metrics, headline_metric


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and return the scores on the test series.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:waves")

    splits = load_series_splits(given.data, max_train_rows=given.max_train_rows)
    arrays = series_arrays(splits.train)  # N arrays, (steps, channels)
    extractor = SeriesFeatureExtractor(feature_size=arrays[0].shape[1]).fit(arrays)  # mean and deviation of channels
    train, validation, test = (
        EncodedDataset(encode_series(series_arrays(rows), extractor).values, rows["label"][:], "input_values")
        for rows in (splits.train, splits.validation, splits.test)
    )

    config = RecurrentConfig(
        num_features=extractor.num_features,
        vocab_size=1,
        pad_token_id=None,
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
        data_collator=SeriesCollator(extractor, splits.problem_type),
        compute_metrics=score,
    )
    trainer.train()

    scores = trainer.evaluate(test, metric_key_prefix="test")
    model.save_pretrained(arguments.folder)
    extractor.save_pretrained(arguments.folder)
    return scores


if __name__ == "__main__":
    main()
