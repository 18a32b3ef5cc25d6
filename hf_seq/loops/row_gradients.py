# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Gradients for the rows of a word embedding that a batch touched, of one process or the mean of several.

`DistributedDataParallel` averages sparse gradients by gloo's own sparse sum, which ends a process by a segmentation
fault after some thousands of steps (torch 2.13; an embedding and a few layers are enough), and fails at once where the
batch of one process touches no row (https://github.com/pytorch/pytorch/issues/87497). So the embedding is left out
there, and `clip_gradients` averages its rows by plain gathers.

V rows of the embedding · E its width · R rows that a batch touched · N processes
"""

import torch
from torch import Tensor, distributed, nn

_LEFT_OUT = "_ddp_params_and_buffers_to_ignore"  # torch's name


def use_row_gradients(model: nn.Module) -> None:
    """Have the word embedding of a model give gradients for the rows of each batch only.

    One that a head scores with, too, gets a gradient for every row from there, and stays as it is.
    """
    embedding, head = model.get_input_embeddings(), model.get_output_embeddings()  # type: ignore[operator]
    if not isinstance(embedding, nn.Embedding) or getattr(head, "weight", None) is embedding.weight:
        return
    embedding.sparse = True
    names = [name for name, parameter in model.named_parameters() if parameter is embedding.weight]
    setattr(model, _LEFT_OUT, (*getattr(model, _LEFT_OUT, ()), *names))
    if _several_processes():
        distributed.broadcast(embedding.weight.detach(), 0)  # what is left out torch does not send either


def has_row_gradients(model: nn.Module) -> bool:
    """Check whether the word embedding of a model gives gradients for the rows of each batch only."""
    return any(isinstance(module, nn.Embedding) and module.sparse for module in model.modules())


def clip_gradients(model: nn.Module, max_norm: float) -> Tensor:
    """Clip by the total norm, as torch does; gradients by rows are averaged over the processes first.

    Gradients that are short enough stay untouched, sparse ones stay sparse. torch multiplies short gradients by one, to
    spare a GPU the wait for the norm; on a CPU that rewrites the gradient of a word embedding at every step.

    Args:
        model: has its gradients, once for each update.
        max_norm: of all gradients together; 0 clips nothing.

    Returns:
        The norm before clipping.
    """
    gradients = []
    for parameter in model.parameters():
        if parameter.grad is not None and parameter.grad.is_sparse:
            own = parameter.grad.coalesce()
            parameter.grad = average_rows(own) if _several_processes() else own
            gradients.append(parameter.grad.values())
        elif parameter.grad is not None:
            gradients.append(parameter.grad)
    norm = nn.utils.get_total_norm(gradients)
    if 0 < max_norm < norm:
        for gradient in gradients:
            gradient.mul_(max_norm / (norm + 1e-6))
    return norm


def average_rows(gradient: Tensor) -> Tensor:
    """Average a sparse gradient over all processes; each has touched rows of its own, or none.

    Args:
        gradient: (V, E), sparse and coalesced, of this process.

    Returns:
        The mean, the same in every process: (V, E), sparse and coalesced.
    """
    rows, values = gradient.indices()[0], gradient.values()  # (R,), (R, E)
    counts = _gathered(torch.tensor([len(rows)], device=values.device))[:, 0].tolist()
    (rows, values) = (
        torch.cat([part[:count] for part, count in zip(_gathered(_padded(each, max(counts))), counts, strict=True)])
        for each in (rows, values)
    )
    mean = torch.sparse_coo_tensor(rows[None], values / len(counts), gradient.shape, check_invariants=False)
    return mean.coalesce()


def _several_processes() -> bool:
    return distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1


def _padded(values: Tensor, length: int) -> Tensor:
    return torch.cat([values, values.new_zeros(length - len(values), *values.shape[1:])])


def _gathered(mine: Tensor) -> Tensor:
    every = mine.new_empty(distributed.get_world_size(), *mine.shape)
    if mine.numel():  # gloo ends the process where there is nothing to gather
        distributed.all_gather(list(every), mine.contiguous())
    return every
