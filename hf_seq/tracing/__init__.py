# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What happens to an input on its way through a model: `trace` runs it, hooks on the real modules watch."""

from hf_seq.tracing.record import Finding, Gates, Stage, Step, Table
from hf_seq.tracing.tracer import Trace, trace

__all__ = ["Finding", "Gates", "Stage", "Step", "Table", "Trace", "trace"]
