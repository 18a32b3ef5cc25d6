# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a writer of texts from texts, from a data set to a saved model: an LSTM encoder and decoder with attention.

    python training/train_seq2seq.py --data builtin:dates --output_dir runs/dates

`hf-seq train --task seq2seq` takes the same steps, and more: it checks the data, resumes, and records what it did.
"""

from collections.abc import Sequence
from itertools import chain

from transformers import EvalPrediction

from hf_seq import RecurrentSeq2SeqConfig, RecurrentSeq2SeqForConditionalGeneration, train_tokenizer
from hf_seq.data import PairCollator, PairDataset, load_pair_splits
from hf_seq.loops.options import script_options
from hf_seq.metrics.translation import text_score
from hf_seq.tasks.seq2seq.trainer import PairTrainer
from hf_seq.text import encode_texts
from hf_seq.text.pairs import end_texts


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and return the scores on the test pairs.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:dates")

    splits = load_pair_splits(given.data, max_train_rows=given.max_train_rows)
    texts = chain(splits.train["source"][:], splits.train["target"][:])
    tokenizer = end_texts(train_tokenizer(texts, kind="char", lowercase=False))  # one for both sides
    train, validation, test = (
        PairDataset(*(encode_texts(rows[side][:], tokenizer, 128).input_ids for side in ("source", "target")))
        for rows in (splits.train, splits.validation, splits.test)
    )

    config = RecurrentSeq2SeqConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.bos_token_id,
    )
    model = RecurrentSeq2SeqForConditionalGeneration(config)
    model.generation_config.max_new_tokens, model.generation_config.max_length = 128, None

    def score(prediction: EvalPrediction) -> dict[str, float]:
        written, wanted = (
            [text.strip() for text in tokenizer.batch_decode(ids, skip_special_tokens=True)]  # type: ignore[arg-type]
            for ids in (prediction.predictions, prediction.label_ids)
        )
        return {name: text_score(name, written, wanted) for name in ("bleu", "exact_match")}

    arguments.watch("bleu")  # the best epoch on validation is kept
    trainer = PairTrainer(  # writes the validation texts greedily
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=PairCollator(tokenizer.pad_token_id),
        compute_metrics=score,
    )
    trainer.train()

    scores = trainer.evaluate(test, metric_key_prefix="test")
    model.save_pretrained(arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    return scores


if __name__ == "__main__":
    main()
