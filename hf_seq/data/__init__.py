# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Data: sources, splits, checks, batches of similar length, padding."""

from hf_seq.data.batching import ClassificationCollator, EncodedDataset, LengthSampler, TaggingCollator
from hf_seq.data.classification import load_splits
from hf_seq.data.classification_checks import CheckReport, check_data, check_splits
from hf_seq.data.findings import Finding
from hf_seq.data.pair_batches import PairCollator, PairDataset, TokenBudgetSampler
from hf_seq.data.pair_checks import check_pairs
from hf_seq.data.pairs import load_pair_splits
from hf_seq.data.series import load_series_splits
from hf_seq.data.series_checks import check_series
from hf_seq.data.splits import Splits
from hf_seq.data.tagged_checks import check_tagged
from hf_seq.data.tagging import load_tagged_splits
from hf_seq.data.text_checks import check_texts
from hf_seq.data.texts import load_text_splits

__all__ = [
    "CheckReport",
    "ClassificationCollator",
    "EncodedDataset",
    "Finding",
    "LengthSampler",
    "PairCollator",
    "PairDataset",
    "Splits",
    "TaggingCollator",
    "TokenBudgetSampler",
    "check_data",
    "check_pairs",
    "check_series",
    "check_splits",
    "check_tagged",
    "check_texts",
    "load_pair_splits",
    "load_series_splits",
    "load_splits",
    "load_tagged_splits",
    "load_text_splits",
]
