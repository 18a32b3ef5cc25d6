# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq push`."""

from pathlib import Path
from typing import Annotated

import typer

from hf_seq.errors import InputError


def push(
    model: Annotated[str, typer.Argument(help="Folder that `hf-seq train` wrote; with --space, a model on the Hub.")],
    name: Annotated[str, typer.Argument(help="user/name on the Hub.")],
    private: Annotated[bool, typer.Option("--private", help="Make the repository private, if it is new.")] = False,
    revision: Annotated[str | None, typer.Option("--revision", help="Branch; made if it is not there.")] = None,
    no_remote_code: Annotated[
        bool, typer.Option("--no_remote_code", help="Leave the code out; readers then need hf_seq.")
    ] = False,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Hub id of the training data, if they came from a file.")
    ] = None,
    license: Annotated[
        str | None, typer.Option("--license", help="Licence of the weights, as the Hub writes it, e.g. apache-2.0.")
    ] = None,
    example: Annotated[list[str] | None, typer.Option("--example", help="Input to show; may be repeated.")] = None,
    message: Annotated[str, typer.Option("--message", help="Message of the commit.")] = "Upload model",
    dry_run: Annotated[bool, typer.Option("--dry_run", help="Only show what would go.")] = False,
    onnx: Annotated[
        Path | None, typer.Option("--onnx", help="Folder that `hf-seq export` wrote of MODEL, to go along.")
    ] = None,
    space: Annotated[bool, typer.Option("--space", help="Push a Space that shows MODEL, not the model.")] = False,
    static: Annotated[
        bool, typer.Option("--static", help="With --space: MODEL is what `hf-seq export --to page` wrote.")
    ] = False,
) -> None:
    """Put a trained model on the Hub: weights, tokenizer, code, card, record and curves, nothing else.

    Anyone then loads it with AutoModel.from_pretrained, with or without hf_seq.
    Folders, user names and tokens of this machine stay here.

    Examples:
    hf-seq push runs/sst2 ada/sst2-bilstm --dry-run

    hf-seq push runs/sst2 ada/sst2-bilstm --dataset stanfordnlp/sst2 --private

    hf-seq push ada/sst2-bilstm ada/sst2-demo --space

    hf-seq push runs/sst2 ada/sst2-bilstm --onnx exported

    hf-seq push page ada/sst2-page --space --static
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.hub import CardOptions, push_space
    from hf_seq.hub import push as push_model

    disable_progress_bar()
    if space:
        given = {
            "--onnx": onnx,
            "--revision": revision,
            "--dataset": dataset,
            "--license": license,
            "--no-remote-code": no_remote_code,
        }
        odd = [flag for flag, value in given.items() if value]
        if odd:
            raise InputError(f"{odd[0]} is for models; leave it out with --space.")
        push_space(name, model, static=static, examples=example, private=private or None, dry_run=dry_run)
        return
    if static:
        raise InputError("--static is for a Space; add --space, or leave it out.")
    push_model(
        model,
        name,
        private=private or None,
        revision=revision,
        remote_code=not no_remote_code,
        dry_run=dry_run,
        options=CardOptions(dataset=dataset, license=license, examples=example or [], onnx=onnx),
        message=message,
    )
