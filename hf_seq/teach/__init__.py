# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises that check themselves: write a function, hand it over, and read what is wrong with it.

from hf_seq import teach

teach.exercises()                       # what there is to write
teach.check("masked_mean", my_function)
"""

from hf_seq.teach.checking import Feedback, check, exercises

__all__ = ["Feedback", "check", "exercises"]
