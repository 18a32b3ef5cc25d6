# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Takes out of a record or recipe what belongs to a machine or a person: folders, host, user, tokens.

`scrub` writes `/home/ann/data/sst2` as `sst2`; `find_leaks` then looks at what would be published as a stranger would.
"""

import re
import shlex
import socket
from pathlib import Path
from typing import Any

from hf_seq.files.reading import read_object

TOKEN = re.compile(r"\bhf_[A-Za-z0-9]{16,}\b")
HOME = re.compile(r"(?<![\w.])(?:(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)[^\s/\\\"']+|/root/)")
ABSOLUTE = re.compile(r"(?<![\w/.:<])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][^\s'\"`,;:()\[\]{}<>|]+")
NAMED = re.compile(r"(?P<name>-{0,2}[\w.-]+)=(?P<value>.+)")
DATA_SUFFIXES = frozenset(
    {".csv", ".tsv", ".jsonl", ".json", ".parquet", ".txt", ".conll", ".conllu"} | {".gz", ".ts", ".vec", ".yaml"}
)
CONTENT = frozenset({"label_names", "id2label", "label2id", "samples"})
"""Fields that hold what the model says, whatever it looks like."""
ORDINARY_HOSTS = {"localhost", "ubuntu", "debian", "macbook"}
PROSE = ("record.json", "recipe.yaml", "README.md", "config.json", "generation_config.json", "app.py")


def scrub(value: Any) -> Any:
    """Copy plain values with folders cut down to their last name and tokens removed."""
    if isinstance(value, dict):
        return {key: each if key in CONTENT else scrub(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(each) for each in value]
    return scrub_text(value) if isinstance(value, str) else value


def scrub_text(text: str) -> str:
    """Scrub one string: a path becomes its last name, and so does every path in a sentence or command line.

    Example:
        >>> scrub_text("hf-seq train --data /home/ann/data/sst2 --output_dir=~/runs/x")
        'hf-seq train --data sst2 --output_dir=x'
        >>> scrub_text("stanfordnlp/sst2"), scrub_text("Sci/Tech or http://a.b/c")
        ('stanfordnlp/sst2', 'Sci/Tech or http://a.b/c')
    """
    text = TOKEN.sub("[token]", text)
    if named := NAMED.fullmatch(text):
        return f"{named['name']}={scrub_text(named['value'])}"
    if _is_path(text):
        return _last_name(text)
    words = _command_words(text)
    if words is not None:
        return shlex.join(map(scrub_text, words))
    return ABSOLUTE.sub(lambda found: _last_name(found[0]), text)


def _command_words(text: str) -> list[str] | None:
    """Return the words of a command line; None where the text is none."""
    if " --" not in text:
        return None
    try:
        return shlex.split(text)
    except ValueError:  # an apostrophe in a sentence
        return None


def _is_path(text: str) -> bool:
    """Check whether the whole string names a file or folder of this machine, not a Hub id."""
    if "\n" in text or "://" in text or not re.search(r"[/\\]", text):
        return False
    if re.match(r"(~|\.{1,2}|[A-Za-z]:)?[/\\]", text):
        return " --" not in text and not re.search(r"[.,;:]\s", text)
    plain = " " not in text
    return plain and (Path(text).suffix in DATA_SUFFIXES or text.count("/") > 1 or "\\" in text or Path(text).exists())


def _last_name(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\."))[-1] or "."


def find_leaks(folder: Path) -> list[str]:
    """Find what in a folder tells of the machine or the person who is about to publish it.

    Args:
        folder: what would go to the Hub.

    Returns:
        One line per finding: the file, and what kind of thing stands there (never the secret itself).
    """
    host = socket.gethostname()
    tell_tale = [str(Path.home())] if len(str(Path.home())) > 1 else []
    tell_tale += [host] if len(host) > 4 and host.lower() not in ORDINARY_HOSTS else []
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".json", ".yaml", ".md", ".py", ".txt"} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            name = path.relative_to(folder)
            if path.name not in ("tokenizer.json", "vocab.json"):
                found += [f"{name} holds an access token"] if TOKEN.search(text) else []
            if path.name in PROSE:
                found += [f"{name} holds a home folder"] if HOME.search(text) else []
                found += [f"{name} holds {each}" for each in tell_tale if _has_word(text, each)]
    return found


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def without_local_names(config: dict[str, Any]) -> dict[str, Any]:
    """Remove from a configuration the folder it was loaded from."""
    return {key: value for key, value in config.items() if key not in ("_name_or_path", "name_or_path")}


def read_if_there(path: Path) -> dict[str, Any]:
    """Read a JSON object; an empty one where there is no such file."""
    return read_object(path) if path.is_file() else {}
