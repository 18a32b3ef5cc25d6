# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The rows of a stream as texts that a teacher is asked about, read from their files shard by shard."""

from typing import Any

from hf_seq.distill.shards import SHARD_ROWS, digest, digest_file
from hf_seq.distill.teacher import Text
from hf_seq.distill.transfer import Source
from hf_seq.tasks.base import Task
from hf_seq.tasks.streaming import Stream


class StreamedSource(Source):
    """The rows that stay in their files, in the order in which they stand there; cheapest in that order.

    Args:
        stream: that was looked over.
        task: which of its columns are the texts.
    """

    name = "labelled"

    def __init__(self, stream: Stream, task: Task[Any]) -> None:
        blocks = stream.survey.blocks
        self.stream, self.task, self.rows = stream, task, stream.survey.rows
        self.reader = stream.reader()
        shards = [digest_file(path) for path in dict.fromkeys(block.shard.path for block in blocks)]
        apart = [list(block.held_out) for block in blocks]
        self.key = digest("streamed", shards, [block.rows for block in blocks], apart, stream.names, repr(stream.form))

    def shard(self, number: int) -> list[Text]:
        """Return the texts of a shard."""
        rows = self.reader.read_in_order(number * SHARD_ROWS, self.sizes[number])
        return list(self.task.data.inputs(self.stream.load(rows)))
