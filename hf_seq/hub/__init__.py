# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sharing on the Hub: what goes there, its card, and the way there."""

from hf_seq.hub.card import CardOptions, make_card
from hf_seq.hub.upload import Pushed, push, push_space

__all__ = ["CardOptions", "Pushed", "make_card", "push", "push_space"]
