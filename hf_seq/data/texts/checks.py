# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at unlabelled text before training a language model on it.

errors    a split without a character · a tokenizer that knows next to nothing of the text
warnings  test or validation texts that are in train · unknown tokens · a test too short to be sure of a score

Nothing is dropped.
"""

from transformers import PreTrainedTokenizerBase

from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.findings import Finding, counted
from hf_seq.data.splits import Splits

SPLITS = ("train", "validation", "test")
SHORT_TEST = 20_000  # characters; the 95 % interval of nats per character is then about 3 % wide on either side
LINE = 40  # characters from which on a text that occurs twice is hardly chance
SAMPLE = 200_000  # characters of a text, and tokens of a split, that are looked at for unknown tokens
UNKNOWN_DOUBTFUL, UNKNOWN_HOPELESS = 0.005, 0.5  # share of tokens


def check_texts(splits: Splits, tokenizer: PreTrainedTokenizerBase | None = None) -> CheckReport:
    """Look at every split.

    Args:
        splits: of `load_text_splits`.
        tokenizer: of the model; unknown tokens are looked for when given.
    """
    texts = {name: splits[name]["text"][:] for name in SPLITS}
    lengths = {name: sum(map(len, rows)) for name, rows in texts.items()}
    facts = [f"{name}: {counted(lengths[name], 'character')} in {counted(len(texts[name]), 'text')}" for name in SPLITS]
    report = CheckReport(splits.source, facts=[*facts, *splits.notes])
    report.warnings += splits.doubts
    for name in SPLITS:
        if not lengths[name]:
            report.errors.append(Finding("split-empty", f"{name} has no text; give some."))
    if 0 < lengths["test"] < SHORT_TEST:
        report.warnings.append(
            Finding(
                "test-short", f"the test has {lengths['test']:,} characters, too few to be sure of a score; give more."
            )
        )
    if splits.test_split != "all":
        report.warnings += _overlaps(splits, texts)
    if tokenizer is not None and tokenizer.unk_token_id is not None:
        _check_tokens(report, texts, tokenizer)
    return report


def _overlaps(splits: Splits, texts: dict[str, list[str]]) -> list[Finding]:
    """Find texts of validation and test that train holds, too."""
    seen = {text.strip() for text in texts["train"] if len(text.strip()) >= LINE}
    findings = []
    for name in ("validation", "test"):
        both = [row for row, text in zip(splits[name]["row"], texts[name], strict=True) if text.strip() in seen]
        if both:
            rows = [(splits.origins.get(name, name), row) for row in both]
            message = f"{len(both):,} {name} texts are in train, too, so the score says less than it seems to"
            findings.append(Finding("text-in-train", message, rows))
    return findings


def _check_tokens(report: CheckReport, texts: dict[str, list[str]], tokenizer: PreTrainedTokenizerBase) -> None:
    for name in SPLITS:
        ids: list[int] = []
        for text in texts[name]:
            if len(ids) > SAMPLE:
                break
            ids += tokenizer(text[:SAMPLE], add_special_tokens=False, verbose=False)["input_ids"]
        share = ids.count(tokenizer.unk_token_id) / max(1, len(ids))
        if share >= UNKNOWN_HOPELESS:
            message = (
                f"{share:.0%} of the {name} tokens are unknown to the tokenizer; train one on more text like this, as "
                "models from scratch do (a saved model keeps its own), or say --tokenizer_kind bpe"
            )
            report.errors.append(Finding("unknown-tokens", message))
        elif share >= UNKNOWN_DOUBTFUL:
            message = (
                f"{share:.1%} of the {name} tokens are unknown, and the score does not count their spelling: it is not "
                "comparable; use tokenizer_kind=bpe, which knows every text"
            )
            report.warnings.append(Finding("unknown-tokens", message))
