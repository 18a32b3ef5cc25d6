# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A tagger whose data have raw texts is scored on these, too, and says both figures."""

import json

from hf_seq.cli import main


def sentence(number):
    words = [("L'", "DET", 0), (f"été{number % 5}", "NOUN", 1), ("de", "ADP", 1), ("le", "DET", 1), ("parc", "NOUN", 0)]
    lines = [f"# text = L'été{number % 5} du parc."]
    for n, (word, tag, blank) in enumerate([*words, (".", "PUNCT", 1)], 1):
        if n == 3:
            lines.append("3-4\tdu" + "\t_" * 8)
        lines.append(f"{n}\t{word}\t_\t{tag}" + "\t_" * 5 + ("\t_" if blank else "\tSpaceAfter=No"))
    return "\n".join(lines) + "\n\n"


def test_the_second_figure_is_in_the_record_and_in_the_printed_line(tmp_path, capsys, caplog):
    for split, rows in (("train", 60), ("dev", 10), ("test", 12)):
        (tmp_path / f"fr-ud-{split}.conllu").write_text("".join(map(sentence, range(rows))))
    tiny = "--embedding_size 8 --hidden_size 8 --num_train_epochs 8 --bf16 false --disable_tqdm true --model bilstm"
    command = f"train --task tagging --data {tmp_path} --output_dir {tmp_path / 'run'} {tiny}"
    with caplog.at_level("INFO", logger="hf_seq"):
        assert main(command.split()) == 0
    record = json.loads((tmp_path / "run/record.json").read_text())
    on_raw = record["metrics"]["f1_on_raw_text"]
    assert abs(100 * on_raw - record["score"]) < 1e-6  # raw text falls into the very words of the data
    assert f"(from raw text F1 {100 * on_raw:.2f})" in caplog.text + capsys.readouterr().out
