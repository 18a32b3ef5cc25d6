# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Data: sources, splits, checks, batches of similar length, padding."""

from typing import TYPE_CHECKING

from hf_seq.lazy_names import public_names

if TYPE_CHECKING:
    from hf_seq.data.batching import ClassificationCollator as ClassificationCollator
    from hf_seq.data.batching import EncodedDataset as EncodedDataset
    from hf_seq.data.batching import LengthSampler as LengthSampler
    from hf_seq.data.batching import TaggingCollator as TaggingCollator
    from hf_seq.data.classification.checks import CheckReport as CheckReport
    from hf_seq.data.classification.checks import check_data as check_data
    from hf_seq.data.classification.checks import check_splits as check_splits
    from hf_seq.data.classification.loading import load_splits as load_splits
    from hf_seq.data.findings import Finding as Finding
    from hf_seq.data.pairs.batches import PairCollator as PairCollator
    from hf_seq.data.pairs.batches import PairDataset as PairDataset
    from hf_seq.data.pairs.batches import TokenBudgetSampler as TokenBudgetSampler
    from hf_seq.data.pairs.checks import check_pairs as check_pairs
    from hf_seq.data.pairs.loading import load_pair_splits as load_pair_splits
    from hf_seq.data.series.checks import check_series as check_series
    from hf_seq.data.series.loading import load_series_splits as load_series_splits
    from hf_seq.data.splits import Splits as Splits
    from hf_seq.data.tagging.checks import check_tagged as check_tagged
    from hf_seq.data.tagging.loading import load_tagged_splits as load_tagged_splits
    from hf_seq.data.texts.checks import check_texts as check_texts
    from hf_seq.data.texts.loading import load_text_splits as load_text_splits

if not TYPE_CHECKING:
    __getattr__, __dir__ = public_names(globals())
