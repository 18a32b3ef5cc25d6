# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model must beat: the majority, bags of words, the most frequent tag, a fine-tuned pretrained transformer."""

from hf_seq.baselines.baseline import Baseline, SavedBaseline, is_baseline, load_baseline
from hf_seq.baselines.fast_text import FastTextBaseline
from hf_seq.baselines.majority import MajorityBaseline
from hf_seq.baselines.most_frequent_tag import MostFrequentTag
from hf_seq.baselines.series import DtwBaseline, MiniRocketBaseline, StatisticsBaseline
from hf_seq.baselines.static_embeddings import StaticEmbeddingBaseline
from hf_seq.baselines.tfidf import TfidfBaseline

__all__ = [
    "Baseline",
    "DtwBaseline",
    "FastTextBaseline",
    "MajorityBaseline",
    "MiniRocketBaseline",
    "MostFrequentTag",
    "SavedBaseline",
    "StaticEmbeddingBaseline",
    "StatisticsBaseline",
    "TfidfBaseline",
    "is_baseline",
    "load_baseline",
]
