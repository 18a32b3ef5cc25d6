# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The errors a user is meant to read."""


class InputError(ValueError):
    """Something the user gave cannot work.

    The message says what is wrong, the value seen and what to do. `hf-seq` prints it without a traceback and exits
    with code 2.
    """


class UnsuitableModelError(InputError):
    """A model cannot learn from these data at all, and others can: a comparison leaves it out, and says why."""
