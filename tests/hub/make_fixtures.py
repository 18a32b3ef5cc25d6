# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Save a tiny model of every kind as this version does, to be loaded by all later ones: run once per release.

python tests/hub/make_fixtures.py        writes tests/fixtures/VERSION/KIND, each a few kilobytes, with its answers
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tiny import KINDS, TEXTS, save

KEPT = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
KEPT += ("preprocessor_config.json",)


def answers(folder: Path) -> list[float]:
    """Logits of the model in a folder for a fixed input."""
    import torch
    from transformers import AutoConfig

    from hf_seq.predictors.loading import load_any

    model, processor = load_any(folder)
    config = AutoConfig.from_pretrained(folder)
    if getattr(config, "num_features", None):
        inputs = dict(processor([[0.5, -1.0, 2.0]] * 4, return_tensors="pt"))
    else:
        encoded = processor(TEXTS[:2], padding=True, return_tensors="pt")
        inputs = {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"]}
        if config.is_encoder_decoder:
            inputs["decoder_input_ids"] = encoded["input_ids"]
    with torch.inference_mode():
        return [round(value, 6) for value in model(**inputs).logits.flatten().tolist()]


def main() -> None:
    """Write the fixtures of the installed version."""
    import hf_seq

    root = Path(__file__).parents[1] / "fixtures" / hf_seq.__version__
    for name in KINDS:
        with tempfile.TemporaryDirectory() as place:
            save(name, Path(place))
            target = root / name
            target.mkdir(parents=True, exist_ok=True)
            for file in KEPT:
                if (Path(place) / file).is_file():
                    shutil.copyfile(Path(place) / file, target / file)
        (target / "answers.json").write_text(json.dumps(answers(target)))


if __name__ == "__main__":
    main()
