"""`hf-seq check --html`: the rows and counts of the page are those of the file, whatever the texts hold."""

import csv
import itertools
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hf_seq.cli import main
from hf_seq.data import load_splits
from hf_seq.reports.check_figures import labels_of, length_histogram

MARKUP = '<script>alert("x")</script> & $a_b$'


class _Tags(HTMLParser):
    """Collects the names of the elements, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(folder: Path, *arguments: str) -> tuple[str, _Tags]:
    path = folder / "page.html"
    assert main(["check", *arguments, "--html", str(path)]) in (0, None)
    page, tags = path.read_text(encoding="utf-8"), _Tags()
    tags.feed(page)
    return page, tags


def test_rows_of_a_finding_are_those_of_the_file(tmp_path: Path) -> None:
    rows = [
        (f"the {n}th cup was {'good' if n % 2 else 'bad'} {MARKUP}", "yes$ & <b>" if n % 2 else "no") for n in range(80)
    ]
    rows += [rows[3], (rows[4][0], "yes$ & <b>")]  # a repeated row; a text under another label
    data = tmp_path / "cups.csv"
    with data.open("w", newline="", encoding="utf-8") as sink:
        csv.writer(sink).writerows([("text", "label"), *rows])
    page, tags = _page(tmp_path, str(data))
    assert tags.names["script"] == 1  # the text of the rows runs nothing; ours gives tables as csv
    found = re.findall(r'<tr><td>train row (\d+)</td><td dir="auto">(.*?)</td>', page)
    assert {int(number) for number, _ in found} & {4, 82}
    assert {int(number) for number, _ in found} & {5, 81, 82}
    for number, shown in found:
        text, label = rows[int(number) - 1]
        assert unescape(shown) == f"{text}  ->  {label}"
    assert tags.names["svg"] == 2
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", page)


@pytest.mark.parametrize(
    ("task", "data", "figures"),
    [
        ("classification", "builtin:reviews", 2),
        ("tagging", "builtin:orders", 2),
        ("series", "builtin:waves", 2),
        ("seq2seq", "builtin:dates", 2),
        ("language-modeling", "builtin:grammar", 1),
        ("masked-language-modeling", "builtin:grammar", 1),
    ],
)
def test_every_task_has_a_page(tmp_path: Path, task: str, data: str, figures: int) -> None:
    _, tags = _page(tmp_path, data, "--task", task)
    assert tags.names["svg"] == figures
    assert data in tags.text


def test_values_of_a_regression_are_drawn(tmp_path: Path) -> None:
    data = tmp_path / "stars.csv"
    data.write_text("text,label\n" + "".join(f"{n} stars of 100,{n / 7:.3f}\n" for n in range(100)), encoding="utf-8")
    _, tags = _page(tmp_path, str(data), "--problem_type", "regression")
    assert "The values of each split" in tags.text
    assert tags.names["svg"] == 2


def test_labels_are_counted_as_by_hand(tmp_path: Path) -> None:
    data = tmp_path / "t.csv"
    lines = [(f"text number {n} of many", "abc"[n % 3]) for n in range(120)]
    data.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in lines), encoding="utf-8")
    splits = load_splits(data)
    by_hand = Counter(dict(lines)[text] for text in splits.train["text"])
    assert labels_of(splits, "train", 10_000) == by_hand


def test_shares_of_a_histogram_add_up_and_long_rows_stand_in_its_last_bin() -> None:
    figure = length_histogram({"train": [3] * 50 + [4] * 49 + [10_000], "test": [3, 3]}, "words")
    train, test = (patch.get_data() for patch in figure.axes[0].patches)
    assert train.values.sum() == pytest.approx(100)
    assert test.values.sum() == pytest.approx(100)
    edges = list(train.edges)
    assert train.values[[e <= 3 < f for e, f in itertools.pairwise(edges)].index(True)] == pytest.approx(50)


def test_a_page_that_exists_or_has_no_folder_is_refused_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.html"
    there.write_text("mine", encoding="utf-8")
    for path, words in (
        (there, "--overwrite"),
        (tmp_path / "no" / "page.html", "no folder"),
        (tmp_path, "is a folder"),
    ):
        assert main(["check", "builtin:reviews", "--html", str(path)]) == 2
        captured = capsys.readouterr()
        assert words in captured.err
        assert captured.out == ""
    assert there.read_text(encoding="utf-8") == "mine"
    assert main(["check", "builtin:reviews", "--html", str(there), "--overwrite"]) in (0, None)
    assert there.read_text(encoding="utf-8").startswith("<!doctype html>")
