# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Out of the laboratory: models as ONNX files that need no torch, each with a certificate."""

from hf_seq.exporting.needs import check_packages

check_packages()  # in words, before a part of this one imports them
