# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One script per task, and what they share; `hf-seq VERB` runs them. Installed as `hf_seq.training`.

train_*.py pretrain_encoder.py distill.py              the scripts; *_accelerate.py as plain loops, without `Trainer`
recipe.py task_recipes.py distillation_recipe.py       what to do: the fields that recipes have
parsing.py options.py                                  from YAML and command line to a recipe; training flags
tasks.py text_task.py                                  what a task is
classification.py tagging.py series.py seq2seq.py      the tasks
language_modeling.py masked_language_modeling.py
running.py preparation.py architectures.py             a run: from names to models, from sources to encoded rows
word_vectors.py train_rows.py
trainer.py *_trainer.py row_adamw.py                   loops and optimizer
weight_average.py allocator.py
run_folder.py results.py fit_baseline.py               what a run writes, how it goes on when killed
compare*.py robustness.py                              many models on the same rows
evaluate_model.py calibrate.py find_threshold.py       what is done to a model that is there
prune_vocabulary.py
"""
