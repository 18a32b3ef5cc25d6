# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores, their intervals, and tests of the difference between two models. All offline.

scores.py          the metrics as functions of predictions, references and row weights
classification.py  the same as `evaluate.Metric` modules, and the dictionary that `Trainer` wants
tagging.py         accuracy and span scores of taggers, with intervals over sentences
intervals.py       95 % intervals and paired tests

Import from the file that holds the name; `scores` and `intervals` need numpy and scipy only.
"""
