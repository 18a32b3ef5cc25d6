# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""For mkdocstrings: the heading `Example:` of our docstrings opens code, as `Examples:` does."""

from typing import Any

import griffe


class DocstringExamples(griffe.Extension):
    """Read `Example:` as `Examples:`."""

    def on_instance(self, *, obj: Any, **kwargs: Any) -> None:
        """Rewrite the docstring of a module, class or function."""
        if obj.docstring is not None:
            obj.docstring.value = obj.docstring.value.replace("Example:\n", "Examples:\n")
