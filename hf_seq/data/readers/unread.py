# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files of kinds that are not read, and what to do with them."""

from collections.abc import Iterable
from pathlib import Path

from hf_seq.data.readers.packed import suffix_of

TAGGED_SUFFIXES = (".conll", ".conllu", ".iob", ".iob2", ".bio", ".bioes")  # read by `hf_seq.data.readers.conll`
_TABLES = "write a table in Python: pandas' to_parquet, to_csv, or to_json(orient='records', lines=True)"
_PAIRS = "write a tsv of source and target, or a .tmx (the Translate Toolkit has po2tmx and xliff2tmx)"
REMEDIES = {
    **dict.fromkeys((".xls", ".ods", ".xlsb"), "save it as .xlsx or .csv"),
    **dict.fromkeys((".pkl", ".pickle", ".pt", ".joblib"), f"opening it could run any program; {_TABLES}"),
    **dict.fromkeys((".orc", ".avro", ".db", ".sqlite", ".rds", ".rdata", ".sav", ".dta", ".sas7bdat"), _TABLES),
    **dict.fromkeys(
        (".mat", ".h5", ".hdf5", ".nc", ".edf"), "write its arrays with numpy.savez('x.npz', X=..., y=...)"
    ),
    **dict.fromkeys((".npz", ".npy"), "arrays are for --task series; for texts give a csv, jsonl or parquet"),
    **dict.fromkeys((".po", ".xlf", ".xliff", ".srt", ".vtt"), _PAIRS),
    **dict.fromkeys(
        (".doc", ".docx", ".pdf", ".html", ".htm", ".xml", ".rtf", ".md"), "write its texts to a csv or .txt"
    ),
    **dict.fromkeys(TAGGED_SUFFIXES, "for tagged text say --task tagging"),
}


def remedy(path: Path, readers: Iterable[str]) -> str:
    """Say what to do with a file that none of the readers reads."""
    known = REMEDIES.get(suffix_of(path))
    return f"use one of {' '.join(readers)}" + (f"; {known}" if known else "")
