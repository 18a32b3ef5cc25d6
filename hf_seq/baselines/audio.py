# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model of clips of sound must beat: the baselines of series, over the same frames as the models'."""

from collections.abc import Sequence
from typing import Any

from hf_seq.baselines.baseline import Array
from hf_seq.baselines.series import MiniRocketBaseline, SeriesBaseline, StatisticsBaseline
from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor


class AudioBaseline(SeriesBaseline):
    """A baseline of series that is called with clips, (N,) samples at the rate of its extractor."""

    task = "audio"
    extractor: AudioFeatureExtractor

    def _rows(self, given: Sequence[Any], channels: int | None = None) -> list[Array]:
        frames = [self.extractor.to_frames(samples) for samples in given]
        return super()._rows([self.extractor.cut(each) for each in frames], channels)

    def _facts(self) -> dict[str, Any]:
        made = self.extractor.to_dict()
        return {**super()._facts(), "extractor": {name: made[name] for name in made if name not in LEARNT}}

    def _restore(self, facts: dict[str, Any]) -> None:
        self.extractor = AudioFeatureExtractor(**facts["extractor"])
        super()._restore(facts)


LEARNT = ("mean", "std", "feature_extractor_type", "longest")
"""What an extractor knows that is no setting of frames."""


class ClipStatisticsBaseline(AudioBaseline, StatisticsBaseline):
    """A linear model over the statistics of every number of the frames, and the length."""

    kind = "clip-statistics"


class ClipMiniRocketBaseline(AudioBaseline, MiniRocketBaseline):
    """Ridge regression over MiniROCKET's features of the frames."""

    kind = "clip-minirocket"


AUDIO_BASELINES: dict[str, type[AudioBaseline]] = {
    "statistics": ClipStatisticsBaseline,
    "minirocket": ClipMiniRocketBaseline,
}
