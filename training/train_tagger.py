# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a tagger, from a data set to a saved model: a BiLSTM that sees letters, and a CRF over its tags.

    python training/train_tagger.py --data builtin:orders --output_dir runs/tagger

`hf-seq train --task tagging` takes the same steps, and more: it checks the data, resumes, and records what it did.
"""

from collections.abc import Sequence

import hf_seq
from hf_seq import RecurrentConfig, RecurrentForTokenClassification, train_tokenizer
from hf_seq.data import EncodedDataset, TaggingCollator, load_tagged_splits
from hf_seq.data.tagging.names import gold_tags
from hf_seq.loops.options import script_options
from hf_seq.loops.trainer import TaggerTrainer
from hf_seq.metrics.tagging import compute_tagging_metrics
from hf_seq.text import encode_words


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and return the scores on the test sentences.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:orders")

    splits = load_tagged_splits(given.data, max_train_rows=given.max_train_rows)
    tokenizer = train_tokenizer(splits.train["tokens"], kind="wordpiece", lowercase=False, words="tagging")
    encoded = [
        encode_words(rows["tokens"][:], rows["tags"][:], tokenizer, 256) for rows in (splits.train, splits.validation)
    ]
    train, validation = (EncodedDataset(each.input_ids, each.labels) for each in encoded)

    config = RecurrentConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        bidirectional=True,
        character_encoder="cnn",
        use_crf=True,
        tag_scheme=splits.tag_scheme,
        id2label=dict(enumerate(splits.label_names)),
        label2id={label: index for index, label in enumerate(splits.label_names)},
    )
    model = RecurrentForTokenClassification(config)
    model.read_vocabulary(tokenizer)  # which letters a token has, and which tokens begin a word

    arguments.watch("loss")  # the best epoch on validation is kept
    arguments.prediction_loss_only = True
    trainer = TaggerTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=TaggingCollator(tokenizer.pad_token_id),
    )
    trainer.train()

    model.save_pretrained(arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    tagger = hf_seq.load(arguments.folder)  # as a user would: sentences in, tags of the CRF's best path out
    gold = gold_tags(splits.test, splits.label_names)
    predicted = [tags for tags, _ in tagger.tag_with_scores(splits.test["tokens"][:])]
    return compute_tagging_metrics(predicted, gold)


if __name__ == "__main__":
    main()
