# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The errors a user is meant to read."""


class InputError(ValueError):
    """Something the user gave cannot work.

    The message says what is wrong, the value seen and what to do. `hf-seq` prints it without a traceback and exits
    with code 2.
    """


class NotRunError(InputError):
    """A model cannot be had, or cannot learn from these data, and others can: a comparison says so in its row."""
