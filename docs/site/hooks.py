# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What mkdocs calls while it builds the site: pages from notebooks and from the code, links that leave the docs."""

import os
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import made_from_code
from mkdocs.structure.files import File
from notebooks import read_notebook, run_notebook, to_markdown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = {"reference.md": made_from_code.reference, "commands.md": made_from_code.commands}
MADE |= {"troubleshooting.md": made_from_code.messages}
MARK = "<!-- made from the code -->"
NAMED_FENCE = re.compile(r"^```(\w+) ([^\s=`]+)$", re.MULTILINE)
"""How a page says which file a block of code is: ```csv wide.csv"""


def on_config(config: Any) -> Any:
    """Add notebooks to the part Learn, and pages that nobody listed to the part More."""
    sections = {name: pages for each in config.nav for name, pages in each.items()}
    scripts = sorted((DOCS / "notebooks").glob("*.py"))
    sections["Learn"] += [{read_notebook(path).title: f"notebooks/{path.stem}.md"} for path in scripts]
    listed = set(re.findall(r"[\w./-]+\.md", str(config.nav)))
    left = [path.name for path in sorted(DOCS.glob("*.md")) if path.name not in listed]
    if left:
        config.nav.append({"More": left})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Make a page of each notebook; `HF_SEQ_DOCS_RUN=0` leaves out what running it prints."""
    for path in sorted((DOCS / "notebooks").glob("*.py")):
        notebook = read_notebook(path) if os.environ.get("HF_SEQ_DOCS_RUN") == "0" else run_notebook(path)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=to_markdown(notebook)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Fill in what is made from the code, and write links to files of the repository as their paths."""
    make = MADE.get(page.file.src_uri)
    if make is not None:
        markdown = markdown.replace(MARK, make())
    markdown = titled(markdown)
    folder = (DOCS / page.file.src_uri).parent

    def link(found: re.Match[str]) -> str:
        text, target = found[1], found[2]
        path = (folder / target.partition("#")[0]).resolve()
        if path.suffix == ".py" and path.parent == DOCS / "notebooks":
            return f"[{text}]({target.removesuffix('.py')}.md)"
        if path.exists() and not path.is_relative_to(DOCS):
            name = str(path.relative_to(ROOT))
            return f"`{name}`" if text in (name, path.name, f"`{name}`") else f"{text} (`{name}`)"
        return found[0]

    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s]+)\)", link, markdown)


def titled(markdown: str) -> str:
    """Write the names of files above their blocks; without `title=` the site takes such a fence for text."""
    return NAMED_FENCE.sub(r'```\1 title="\2"', markdown)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Take the script by which search works on pages read from a disk from the site itself, not from a network."""
    up = "../" * page.file.src_uri.count("/")
    return output.replace("https://unpkg.com/iframe-worker/shim", f"{up}assets/iframe-worker.js")


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Do the same for the page that says that there is none."""
    return output.replace("https://unpkg.com/iframe-worker/shim", "assets/iframe-worker.js")
