# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a language model, from a text to a saved model that writes: an LSTM whose state goes from batch to batch.

    python training/train_language_model.py --data play.txt --output_dir runs/writer

`hf-seq train --task language-modeling` takes the same steps, and more: it checks the data, resumes, averages weights.
"""

from collections.abc import Sequence

import hf_seq
from hf_seq import RecurrentConfig, RecurrentForCausalLM, load_text_splits, train_tokenizer
from hf_seq.data.texts.streams import TextCollator
from hf_seq.loops.options import script_options
from hf_seq.tasks.language_modeling.trainer import LanguageModelTrainer, Reading, TextDataset
from hf_seq.text.continuous import encode_continuous


def main(argv: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and return the scores on the validation text.

    Args:
        argv: `--data` and any flag of `TrainingArguments`; those of this process if None.
    """
    arguments, given = script_options(argv, data="builtin:grammar")

    splits = load_text_splits(given.data)
    tokenizer = train_tokenizer(splits.train["text"], kind="char", lowercase=False)
    stream = Reading(steps=64)  # one stream of text, whose gradients flow back through 64 characters
    train, validation = (
        TextDataset(encode_continuous(rows["text"][:], tokenizer), stream) for rows in (splits.train, splits.validation)
    )

    config = RecurrentConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bidirectional=False,
        embedding_size=128,
        hidden_size=128,
        tie_word_embeddings=True,
    )
    model = RecurrentForCausalLM(config)
    model.generation_config.suppress_tokens = sorted(set(tokenizer.all_special_ids) - {tokenizer.eos_token_id})

    arguments.watch("nats_per_character")  # the best epoch on validation is kept
    trainer = LanguageModelTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=TextCollator(tokenizer.pad_token_id),
    )
    trainer.train()

    scores = trainer.evaluate()
    model.save_pretrained(arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    print(hf_seq.load(arguments.folder).generate("", max_new_tokens=80, seed=0))
    return scores


if __name__ == "__main__":
    main()
