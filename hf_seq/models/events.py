# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Events to vectors: an embedding of what happened, and a projection of the numbers that came with it.

B batch · T events, padding included · F numbers of an event, the first its id · E width
"""

from typing import Any

from torch import Tensor, nn


class EventEmbedding(nn.Module):
    """Reads events whose first number is an id, below `num_events`; 0 stands for an event that training did not know.

    Args:
        config: says `num_events` and `num_features`.
        width: E.
    """

    travels = True  # its file is saved beside a model that has one

    def __init__(self, config: Any, width: int) -> None:
        super().__init__()
        self.names = nn.Embedding(config.num_events, width, padding_idx=0)  # nothing is known of what is unknown
        self.numbers = nn.Linear(config.num_features - 1, width) if config.num_features > 1 else None

    def forward(self, values: Tensor) -> Tensor:
        """Give (B, T, E) for (B, T, F); ids are read in the precision in which they come.

        Raises:
            IndexError: an id that is no row of the embedding.
        """
        ids = values[..., 0].long()
        try:
            states = self.names(ids)
        except IndexError as error:
            wrong = int(ids.min()) if int(ids.min()) < 0 else int(ids.max())
            raise IndexError(
                f"event id {wrong} is outside the embedding of {self.names.num_embeddings} events; were the events "
                "read by this model's own feature extractor?"
            ) from error
        if self.numbers is None:
            return states
        return states + self.numbers(values[..., 1:].to(self.numbers.weight.dtype))


__all__ = ["EventEmbedding"]
