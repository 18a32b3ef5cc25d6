# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`generate()` without what transformers does around every token, where nobody asked for what that gives.

Half of a small model's time in `generate()` is Python around it: output objects, keyword dictionaries, a longer copy of
what was written, criteria that only count. Greedy choice and sampling take a plain loop here where the ids alone are
wanted; all else (beams, scores, other criteria, hooks, adapters around layers, GPUs) is left to transformers.

B rows · T tokens of a row, the prompt included · H width of a state · V vocabulary
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from transformers.generation import EosTokenCriteria, GenerationMixin, MaxLengthCriteria

from .head_loss import is_plain, step_scores
from .keywords import STATE
from .padding import is_tracing

LARGE = 2**18
"""Weights of a matrix that is laid out anew for the kernel: that takes as long as a few steps."""
FEW = 0.75
"""Share of rows that go on, below which the others are taken out."""


class Steps(Protocol):
    """What reads one token a row, on from where the prompt ended."""

    def __call__(self, ids: Tensor) -> Tensor:
        """Read ids (B,) and give the scores (B, V) of what follows."""

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""

    def close(self) -> None:
        """Leave the state where a caller who gave it looks for it."""


class Limits(NamedTuple):
    """Where writing ends: at T tokens, or for a row at one of these ids (E,); `pad` stands behind it."""

    longest: int
    ends: Tensor | None
    pad: int


class StepwiseGenerationMixin(GenerationMixin):
    """`GenerationMixin` whose greedy choice and sampling go through `Steps`."""

    def knows_steps(self) -> bool:
        """Tell whether the parts of this model are still those that `make_steps` reads with."""
        return False

    def make_steps(self, state: Any, keywords: dict[str, Any], rows: int, room: int) -> Steps:
        """Give what reads on.

        Args:
            state: what the model kept of the prompt.
            keywords: what `generate()` would hand to `forward`.
            rows: B.
            room: how many tokens may be written.
        """
        raise NotImplementedError(f"{type(self).__name__} knows steps, so it must make them.")

    def _sample(  # type: ignore[override]
        self, input_ids: Tensor, logits_processor: Any, stopping_criteria: Any, generation_config: Any, **kwargs: Any
    ) -> Any:
        """Write the tokens that transformers would, in less time where that is possible."""
        limits = _read_limits(stopping_criteria, generation_config)
        asked = _asks_for_ids_alone(generation_config, kwargs)
        if limits is None or not (asked and _is_at_rest(self, input_ids) and self.knows_steps()):
            library: Any = super()
            return library._sample(input_ids, logits_processor, stopping_criteria, generation_config, **kwargs)
        streamer = kwargs.pop("streamer", None)
        kwargs.pop("synced_gpus", None)
        logits, kwargs = _read_prompt(self, input_ids, kwargs)
        steps = self.make_steps(kwargs[STATE], kwargs, len(input_ids), limits.longest - input_ids.shape[1])
        sampled = bool(generation_config.do_sample)
        pages = _Pages(input_ids, limits, streamer, drops=not (sampled or logits_processor))
        written = pages.fill(logits, steps, logits_processor, _draw if sampled else _best)
        steps.close()
        return written


def _read_prompt(model: Any, input_ids: Tensor, kwargs: dict[str, Any]) -> tuple[Tensor, dict[str, Any]]:
    """Give the scores (B, V) of the first token to write, and what `generate()` would hand on."""
    prepared = model.prepare_inputs_for_generation(input_ids, is_first_iteration=True, **kwargs)
    outputs = model(**prepared, return_dict=True)
    kwargs = model._update_model_kwargs_for_generation(
        outputs, kwargs, is_encoder_decoder=model.config.is_encoder_decoder
    )
    return outputs.logits[:, -1].to(dtype=torch.float32, copy=True), kwargs


class _Pages:
    """What was written, (B, T), each row up to its end.

    Args:
        prompt: (B, prompt) where writing begins.
        limits: where it ends.
        streamer: is told of every token, if there is one.
        drops: rows that ended are taken out of the batch.
    """

    def __init__(self, prompt: Tensor, limits: Limits, streamer: Any, drops: bool) -> None:
        self.limits, self.streamer, self.drops = limits, streamer, drops
        self.start = prompt.shape[1]
        self.ids = prompt.new_full((len(prompt), limits.longest), limits.pad)
        self.ids[:, : self.start] = prompt
        self.rows: Tensor | None = None  # places of the rows that are still in the batch; None while all are
        self.open = torch.ones(len(prompt), dtype=torch.bool)  # of those, which go on

    def fill(self, logits: Tensor, steps: Steps, processors: Any, choose: Callable[[Tensor], Tensor]) -> Tensor:
        """Write token after token: the scores (B, V) of the first one to ids (B, T)."""
        for position in range(self.start, self.limits.longest):
            scores = processors(self.ids[:, :position].contiguous(), logits) if processors else logits
            chosen = self._put(position, choose(scores), steps)
            if not len(chosen):
                return self._close(position + 1)
            if position + 1 < self.limits.longest:
                logits = steps(chosen).float()
        return self._close(self.limits.longest)

    def _put(self, place: int, chosen: Tensor, steps: Steps) -> Tensor:
        """Write a token a row that goes on, and give what is to be read next; nothing where all rows have ended."""
        ends = self.limits.ends
        if ends is not None:
            chosen = chosen.masked_fill(~self.open, self.limits.pad)
        if self.rows is None:
            self.ids[:, place] = chosen
        else:
            self.ids[self.rows, place] = chosen
        if self.streamer is not None:
            self.streamer.put(self.ids[:, place].cpu())
        return chosen if ends is None else self._close_rows(chosen, ends, steps)

    def _close_rows(self, chosen: Tensor, ends: Tensor, steps: Steps) -> Tensor:
        self.open = self.open & (chosen.unsqueeze(1) != ends).all(1)
        left = int(self.open.sum())
        if left and not (self.drops and left <= FEW * len(self.open)):
            return chosen
        kept = self.open.nonzero()[:, 0]
        if left:
            steps.keep(kept)
        self.rows = kept if self.rows is None else self.rows[kept]
        self.open = self.open[kept]
        return chosen[kept]

    def _close(self, length: int) -> Tensor:
        if self.streamer is not None:
            self.streamer.end()
        return self.ids if length == self.ids.shape[1] else self.ids[:, :length].contiguous()


def _best(scores: Tensor) -> Tensor:
    return scores.argmax(-1)


def _draw(scores: Tensor) -> Tensor:
    return torch.multinomial(scores.softmax(-1), num_samples=1).squeeze(1)


def _read_limits(criteria: Any, config: Any) -> Limits | None:
    """Give the limits that the criteria set; None where one of them does more than count and compare."""
    longest, ends = None, None
    for each in criteria:
        if type(each) is MaxLengthCriteria and longest is None:
            longest = each.max_length
        elif type(each) is EosTokenCriteria and ends is None:
            ends = each.eos_token_id
        else:
            return None
    pad = config._pad_token_tensor
    if longest is None or (ends is not None and pad is None):
        return None
    return Limits(longest, ends, 0 if pad is None else int(pad))


def _asks_for_ids_alone(config: Any, kwargs: dict[str, Any]) -> bool:
    """Tell whether only ids are wanted, of a text that is read from its beginning."""
    state = kwargs.get(STATE)
    extras = ("inputs_embeds", "decoder_attention_mask", "synced_gpus")
    return not (
        config.return_dict_in_generate
        or config.prefill_chunk_size is not None
        or getattr(config, "is_assistant", False)
        or not kwargs.get("use_cache", True)
        or any(kwargs.get(name) is not None and kwargs[name] is not False for name in extras)
        or (state is not None and state.get_seq_length() > 0)
    )


def _is_at_rest(model: Any, input_ids: Tensor) -> bool:
    """Tell whether nobody trains, watches or has moved the model, and its tensors are on a CPU."""
    on_cpu = input_ids.device.type == next(model.lm_head.parameters()).device.type == "cpu"
    if not on_cpu or not _reads_as_here(model) or model.training or is_tracing() or torch.is_autocast_enabled("cpu"):
        return False
    return all(
        not (module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module))
        for module in model.modules()
    )


def _reads_as_here(model: Any) -> bool:
    """Tell whether `forward` is ours: that of a subclass of somebody else's would not be called at every step."""
    here = __name__.rpartition(".")[0]
    return bool(type(model).forward.__module__.rpartition(".")[0] == here)


def quick_linear(layer: nn.Module, rows: int) -> Callable[[Tensor], Tensor]:
    """Give a linear layer for many calls with that many rows: (B, H) to (B, V).

    A large matrix is laid out once as oneDNN's kernel reads it, which makes a call two to three times as fast.

    Args:
        layer: one that was changed, or is small or of another kind, is given back as it is.
        rows: B.
    """
    if not isinstance(layer, nn.Linear):
        return layer
    weight: Any = getattr(layer, "weight", None)
    packs = is_plain(layer) and weight.dtype == torch.float32
    if not packs or weight.numel() < LARGE or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return lambda states: step_scores(layer, states.unsqueeze(1)).squeeze(1)
    laid_out = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), rows)
    return lambda states: torch.ops.mkldnn._linear_pointwise(states, laid_out, layer.bias, "none", [], "")


__all__ = ["Steps", "StepwiseGenerationMixin", "quick_linear"]
