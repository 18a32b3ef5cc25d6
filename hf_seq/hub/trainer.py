# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`transformers.Trainer` whose `push_to_hub` gives the repository that `hf-seq push` gives.

The library's own pushes the output folder as it lies there: with `training_args.bin`, a pickle that holds the folders
of the machine, and a card that knows no results.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi
from transformers import Trainer
from transformers.trainer_utils import HubStrategy
from transformers.utils import PushInProgress

from hf_seq.files.writing import write_json
from hf_seq.hub.scrub import read_if_there, scrub
from hf_seq.hub.staging import stage
from hf_seq.hub.upload import hub_errors_explained, push, send_folder
from hf_seq.reports.record import RECORD_NAME

NOT_FOR_OTHERS = ("training_args.bin",)


class HubTrainer(Trainer):
    """A drop-in `Trainer`; `--push_to_hub --hub_model_id --hub_strategy` mean what they mean there."""

    def init_hf_repo(self, token: str | None = None, private: bool | None = None) -> None:
        """Make the repository, before any training.

        Raises:
            InputError: there is no token, or it may not write there.
        """
        with hub_errors_explained(self.args.hub_model_id or Path(str(self.args.output_dir)).name):
            super().init_hf_repo(token=token, private=private)

    def push_to_hub(
        self,
        commit_message: str | None = "End of training",
        blocking: bool = True,
        token: str | None = None,
        revision: str | None = None,
        private: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Push the output folder: the model with its code, tokenizer and card; record and curves if it holds them.

        Args:
            commit_message: of the commit.
            blocking: wait until it is there.
            token: of a user who may write; by default `--hub_token`, else the stored one.
            revision: branch; by default `--hub_revision`.
            private: visibility of a new repository.
            kwargs: of `create_model_card` in transformers; our card is made from the record instead.

        Returns:
            `hf_seq.hub.Pushed`, or its future unless `blocking`; None in every process but the first.

        Raises:
            InputError: the Hub refuses or cannot be reached.
        """
        self.callback_handler.on_push_begin(self.args, self.state, self.control)
        if self.hub_model_id is None:
            self.init_hf_repo(token=token, private=private)
        folder = Path(str(self.args.output_dir))
        if not (folder / RECORD_NAME).is_file():  # a finished run of ours is saved already
            self.save_model(_internal_call=True)
        if not self.is_world_process_zero():
            return None
        self._finish_current_push()
        settings: dict[str, Any] = {
            "revision": revision or self.args.hub_revision,
            "message": commit_message or "End of training",
            "token": token or self.args.hub_token,
        }
        if blocking:
            return push(folder, str(self.hub_model_id), **settings)
        return HfApi().run_as_future(push, folder, str(self.hub_model_id), **settings)

    def _push_from_checkpoint(self, checkpoint_folder: str) -> None:
        """Push while training goes on, as `--hub_strategy` says."""
        strategy = self.args.hub_strategy
        if not self.is_world_process_zero() or strategy == HubStrategy.END:
            return
        running: Any = self.push_in_progress
        busy = running is not None and not running.is_done()
        if busy and not self.args.hub_always_push:
            return
        self.callback_handler.on_push_begin(self.args, self.state, self.control)
        message = f"Training in progress, step {self.state.global_step}"
        jobs: Any = [self._send_later(self._stage_model(Path(checkpoint_folder)), "", message)]
        if strategy in (HubStrategy.CHECKPOINT, HubStrategy.ALL_CHECKPOINTS):
            name = "last-checkpoint" if strategy == HubStrategy.CHECKPOINT else Path(checkpoint_folder).name
            jobs.append(self._send_later(_stage_checkpoint(Path(checkpoint_folder)), name, f"{message}, checkpoint"))
        if busy:
            running.jobs.extend(jobs)
        else:
            self.push_in_progress = PushInProgress(jobs)  # type: ignore[assignment]

    def _stage_model(self, checkpoint: Path) -> Path:
        """Copy the repository as of a checkpoint into a folder of its own, since checkpoints come and go."""
        with tempfile.TemporaryDirectory() as place:
            whole = Path(place) / "model"
            shutil.copytree(checkpoint, whole, ignore=shutil.ignore_patterns("*.pt", "*.pth", "*.bin"))
            if self.processing_class is not None:
                self.processing_class.save_pretrained(whole)
            for pattern in ("*token*.json", "preprocessor_config.json"):  # ours wrote it before training
                for path in Path(str(self.args.output_dir)).glob(pattern):
                    shutil.copyfile(path, whole / path.name)
            return stage(whole, Path(tempfile.mkdtemp()), str(self.hub_model_id))

    def _send_later(self, folder: Path, path_in_repo: str, message: str) -> Any:
        """Send a staged folder in the background and delete it."""

        def send() -> Any:
            try:
                return send_folder(
                    HfApi(token=self.args.hub_token),
                    folder,
                    str(self.hub_model_id),
                    path_in_repo=path_in_repo,
                    revision=self.args.hub_revision,
                    message=message,
                )
            finally:
                shutil.rmtree(folder)

        return HfApi().run_as_future(send)

    def _finish_current_push(self) -> None:
        """Wait for pushes in the background, and say which of them failed.

        Raises:
            InputError: one was refused or broke off.
        """
        running = getattr(self, "push_in_progress", None)
        super()._finish_current_push()
        for job in running.jobs if running is not None else []:
            with hub_errors_explained(str(self.hub_model_id)):
                job.result()


def _stage_checkpoint(checkpoint: Path) -> Path:
    """Copy a checkpoint to continue from on another machine: with the optimizer's state, without this one's folders."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(checkpoint, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_FOR_OTHERS))
    if (folder / "trainer_state.json").is_file():
        write_json(folder / "trainer_state.json", scrub(read_if_there(folder / "trainer_state.json")))
    return folder
