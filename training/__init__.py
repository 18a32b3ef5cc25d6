# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One script per task, and what they share; `hf-seq VERB` runs them. Installed as `hf_seq.training`.

recipe.py parsing.py options.py      what to do: fields, YAML and command line, training flags
architectures.py preparation.py      from names to models, from sources to encoded rows
train_classifier.py trainer.py       the story on Trainer, and our Trainer
train_classifier_accelerate.py       the story as a plain loop
row_adamw.py                         the optimizer of both
fit_baseline.py                      majority and tfidf, in the same folders
run_folder.py results.py             what a run writes, how it goes on when killed
evaluate_classifier.py               a saved model on labelled data
compare.py compare_options.py        many models on the same rows
"""
