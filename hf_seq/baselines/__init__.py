# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model must beat: the majority, bags of words, the most frequent tag, a fine-tuned pretrained transformer."""

from typing import TYPE_CHECKING

from hf_seq.lazy_names import public_names

if TYPE_CHECKING:
    from hf_seq.baselines.baseline import Baseline as Baseline
    from hf_seq.baselines.baseline import SavedBaseline as SavedBaseline
    from hf_seq.baselines.baseline import is_baseline as is_baseline
    from hf_seq.baselines.baseline import load_baseline as load_baseline
    from hf_seq.baselines.fast_text import FastTextBaseline as FastTextBaseline
    from hf_seq.baselines.majority import MajorityBaseline as MajorityBaseline
    from hf_seq.baselines.most_frequent_tag import MostFrequentTag as MostFrequentTag
    from hf_seq.baselines.series import DtwBaseline as DtwBaseline
    from hf_seq.baselines.series import MiniRocketBaseline as MiniRocketBaseline
    from hf_seq.baselines.series import StatisticsBaseline as StatisticsBaseline
    from hf_seq.baselines.static_embeddings import StaticEmbeddingBaseline as StaticEmbeddingBaseline
    from hf_seq.baselines.tfidf import TfidfBaseline as TfidfBaseline

if not TYPE_CHECKING:
    __getattr__, __dir__ = public_names(globals())
