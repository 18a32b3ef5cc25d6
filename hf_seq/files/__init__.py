# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files: writes them in one step, and finds the folders of models, on disk or on the Hub."""
