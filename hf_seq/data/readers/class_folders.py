# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts whose label is a name in their path.

train/pos/0_9.txt  alt.atheism/49960      a folder a class, a file a text (aclImdb, 20 newsgroups, BBC news)
names/Arabic.txt  rt-polarity.pos         a file a class, a line a text
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hf_seq.data.findings import counted
from hf_seq.data.lines import FASTTEXT
from hf_seq.data.readers.files import READERS, read_text
from hf_seq.data.readers.packed import stem_of, suffix_of
from hf_seq.data.readers.split_files import readable_files
from hf_seq.data.readers.split_names import split_in_name
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

SOUND = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".caf")
"""Files that libsndfile reads, which hold no text."""
UNLABELLED = ("unsup", "unlabeled", "unlabelled")
_NO_TEXT = (*(set(READERS) - {".txt"}), ".xml", ".html", ".py", ".sh", ".zip", ".tar", ".png", ".jpg", ".feat", ".npz")
_OF_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")


def read_class_folders(folder: Path) -> Table | None:
    """Read a folder that holds a folder for each class, with a file for each text; None where it is another.

    Raises:
        InputError: a file that cannot be read.
    """
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "_"))]
    files = {path.name: _documents(path) for path in inside}
    found = {name: paths for name, paths in files.items() if paths and name.lower() not in UNLABELLED}
    if len(found) < 2 or any(split_in_name(name) for name in found):
        return None
    sound = next((path for paths in found.values() for path in paths if path.suffix.lower() in SOUND), None)
    if sound is not None:
        raise InputError(f"{folder} holds clips of sound, such as {sound.relative_to(folder)}; say --task audio.")
    left = [f"{name} ({counted(len(paths), 'file')})" for name, paths in files.items() if paths and name not in found]
    texts = {name: [read_text(path).strip() for path in paths] for name, paths in found.items()}
    notes = [f"a folder a class, a file a text: {listed_classes(texts)}"]
    return _table(texts, notes + ([f"left unread: {', '.join(left)}"] if left else []))


def read_class_files(folder: Path) -> Table | None:
    """Read a folder that holds a text file for each class, with a line for each text; None where it is another.

    Raises:
        InputError: a file that cannot be read.
    """
    paths = [path for path in readable_files(folder, {".txt": READERS[".txt"]}) if suffix_of(path) == ".txt"]
    named = {stem_of(path): path for path in paths}
    if not paths:  # rt-polarity.pos and rt-polarity.neg
        others = [path for path in _documents(folder) if path.suffix and not path.suffix[1:].isdigit()]
        named = {path.suffix[1:]: path for path in others} if len({path.stem for path in others}) == 1 else {}
    if len(named) < 2 or any(split_in_name(name) for name in named):
        return None
    texts = {
        name: [line.strip() for line in read_text(path).split("\n") if line.strip()] for name, path in named.items()
    }
    if any(FASTTEXT in line or "\t" in line for lines in texts.values() for line in lines[:100]):
        return None  # the lines have labels of their own
    empty = next((named[name] for name, lines in texts.items() if not lines), None)
    if empty is not None:
        raise InputError(f"{empty} holds only blanks; it should have a line for each text of its class.")
    return _table(texts, [f"a file a class, a line a text: {listed_classes(texts)}"])


def read_documents(folder: Path) -> Table:
    """Read a text a file, without labels, and the names of the files."""
    paths = _documents(folder)
    texts = [read_text(path).strip() for path in paths]
    return Table({"id": [path.name for path in paths], "text": texts}, notes=["a file a text, without a class"])


def _documents(folder: Path) -> list[Path]:
    """List the files of a folder that may be texts, whatever their suffix."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("."))
    files = (path for path in files if path.name.lower() not in _OF_SYSTEMS)
    return [path for path in files if suffix_of(path) not in _NO_TEXT and not path.stem.lower().startswith("readme")]


def _table(texts: dict[str, list[str]], notes: list[str]) -> Table:
    labels = [name for name, lines in texts.items() for _ in lines]
    return Table({"text": [line for lines in texts.values() for line in lines], "label": labels}, notes=notes)


def listed_classes(texts: Mapping[str, Sequence[object]]) -> str:
    """List the names of classes with the number of their inputs."""
    shown = [f"{name} {len(lines):,}" for name, lines in texts.items()][:8]
    return ", ".join(shown) + (f", ... ({len(texts)} classes)" if len(texts) > len(shown) else "")


TEXT_FOLDERS = (read_class_folders, read_class_files)
"""Layouts of texts with one label each."""
