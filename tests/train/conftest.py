# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every test here is in a hurry: few timed calls. And a power cut inside a training."""

import pytest
from transformers import TrainerCallback

from hf_seq.loops.trainer import SequenceTrainer


class PowerCut(Exception):  # noqa: N818
    pass


class CutPower(TrainerCallback):
    def __init__(self, step):
        self.step = step

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == self.step:
            raise PowerCut


@pytest.fixture(scope="session", autouse=True)
def _in_a_hurry(in_a_hurry):
    """Take the fixture of all tests of training."""


@pytest.fixture
def cut_power(monkeypatch):
    """Run something whose training raises after a step, as abruptly as one can inside a process."""

    def at(step, run):
        original = SequenceTrainer.__init__

        def with_cut(self, *args, **kwargs):
            original(self, *args, **kwargs)
            self.add_callback(CutPower(step))

        with monkeypatch.context() as patch:
            patch.setattr(SequenceTrainer, "__init__", with_cut)
            with pytest.raises(PowerCut):
                run()

    return at
