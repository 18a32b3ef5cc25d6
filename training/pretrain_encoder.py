# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pretrain a transformer encoder on unlabelled text, from texts to a saved model that guesses hidden words.

    python training/pretrain_encoder.py --data texts.csv --output_dir runs/encoder
    hf-seq train --data few-labels.csv --model runs/encoder

`hf-seq train --task masked-language-modeling` takes the same steps, and more: it checks the data, resumes, records.
"""

from collections.abc import Sequence

from hf_seq import TransformerEncoderConfig, TransformerEncoderForMaskedLM, load_text_splits, train_tokenizer
from hf_seq.data import ClassificationCollator
from hf_seq.loops.options import script_options
from hf_seq.tasks.masked_language_modeling.trainer import HiddenDataset, MaskedTrainer
from hf_seq.text import encode_texts

LONGEST = 128
"""Tokens of a text that are read."""


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Pretrain, and return the scores on hidden words of the test texts.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:reviews")

    splits = load_text_splits(given.data, lines=True, max_train_rows=given.max_train_rows)
    tokenizer = train_tokenizer(splits.train["text"], kind="word", vocab_size=16_000, model_max_length=LONGEST)
    train, validation, test = (
        HiddenDataset(encode_texts(rows["text"], tokenizer, LONGEST).input_ids, 0.15, tokenizer)
        for rows in (splits.train, splits.validation, splits.test)
    )

    config = TransformerEncoderConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        position_embedding="rotary",
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
    )
    model = TransformerEncoderForMaskedLM(config)

    arguments.watch("loss")  # the best epoch on validation is kept
    trainer = MaskedTrainer(  # hides other words in every step, the same ones in every evaluation
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=ClassificationCollator(tokenizer.pad_token_id),
    )
    trainer.train()

    scores = trainer.evaluate(test, metric_key_prefix="test")
    model.save_pretrained(arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    return scores


if __name__ == "__main__":
    main()
