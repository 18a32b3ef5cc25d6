# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The model card: metadata the Hub understands, and a page that says what a user must know.

Every figure is read from `record.json`. What is not known is left out. Words that come from data or users, labels for
example, are escaped, so that no card carries markup of theirs.
"""

import html
import importlib.metadata
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import ModelCard, ModelCardData

from hf_seq.hub.exports import CERTIFICATE, card_lines
from hf_seq.hub.known_data import DataFacts, data_facts
from hf_seq.hub.model_kinds import OURS, ModelKind, code_blocks, kind_of
from hf_seq.hub.other_runs import ComparedModel, compared_models, seeds_of
from hf_seq.hub.results import metric_name, model_index, rounded
from hf_seq.hub.scrub import read_if_there, scrub_text
from hf_seq.reports.record import Record
from hf_seq.reports.rows import FITTED_ONCE
from hf_seq.reports.table import count, percentiles, significant, size

TEMPLATE = Path(__file__).parent / "templates" / "model_card.md.j2"
MADE_BY = "Made from record.json by hf_seq"
CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "Elman RNN"}
LABELS_SHOWN = 30
"""Labels that a card lists; of the scores of more, those with the lowest F1."""
METRICS_OF_THE_HUB = ("accuracy", "f1", "precision", "recall", "bleu", "chrf", "perplexity", "matthews_correlation")


@dataclass(frozen=True)
class CardOptions:
    """What a card can say beyond the record.

    Attributes:
        dataset: Hub id of the training data, where the record only knows a file.
        license: of the weights, a Hub licence id; by default that of known data, else none is given.
        examples: inputs to show with the model's answers.
        remarks: sentences on the training data.
        tags: for the metadata, beside our own.
        answers: shown beside the examples: runs the model and gives a text for each.
        onnx: folder that `hf-seq export` wrote, to go along.
    """

    dataset: str | None = None
    license: str | None = None
    examples: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    answers: Any = None
    onnx: Path | None = None


def make_card(folder: Path, repo_id: str, record: Record | None, source: Path, options: CardOptions) -> str:
    """Write the card of a staged model.

    Args:
        folder: the staged repository, cleaned.
        repo_id: `user/name`.
        record: the cleaned record; None where the model comes from no run of ours.
        source: the run's own folder, whose neighbours it is compared with.
        options: what the record does not know.

    Returns:
        The text of README.md.
    """
    config = read_if_there(folder / "config.json")
    kind = kind_of(config)
    facts = data_facts(options.dataset, record.data if record else "")
    context: dict[str, Any] = {
        "title": repo_id.rpartition("/")[2],
        "summary": _summary(config, kind, record, facts),
        "ours": config.get("model_type") in OURS,
        "ships_code": bool(config.get("auto_map")),
        "limits": _limits(config, kind, facts),
        "misuse": kind.misuse if kind else None,
        "citation": facts.citation.strip() if facts and facts.citation else None,
        "curves": (folder / "curves.png").is_file(),
        "made_by": f"{MADE_BY} {importlib.metadata.version('hf_seq')}",
    }
    examples = options.examples or (facts.examples if facts else [])
    context["code"] = code_blocks(folder, repo_id, examples[0] if examples else None)
    if options.onnx is not None:
        form = record.measurement.get("form") if record is not None else None
        context["onnx"] = [text(line) for line in card_lines(read_if_there(folder / CERTIFICATE), form)]
    if record is not None and record.samples:
        context["texts"] = [str(each["text"]).replace("```", "") for each in record.samples]
    elif examples and options.answers is not None and (kind is None or not kind.reads_series):
        predictions = options.answers(examples)
        context["samples"] = [(text(one), text(other)) for one, other in zip(examples, predictions, strict=True)]
    if record is not None:
        context |= _figures(record, source, facts, options)
    card = ModelCard.from_template(_metadata(config, kind, record, facts, options, repo_id), str(TEMPLATE), **context)
    return re.sub(r"\n{3,}", "\n\n", str(card)).rstrip() + "\n"


def text(value: Any) -> str:
    r"""Escape any string to plain text in Markdown: on one line, without a character that could mean something.

    Example:
        >>> text("a|b <script>*x*")
        'a\\|b &lt;script&gt;\\*x\\*'
    """
    line = html.escape(" ".join(str(value).split()), quote=False)
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", line)


def _metadata(
    config: dict[str, Any],
    kind: ModelKind | None,
    record: Record | None,
    facts: DataFacts | None,
    options: CardOptions,
    repo_id: str,
) -> ModelCardData:
    license = options.license or (facts.weights_license if facts else None)
    results = model_index(record, options.dataset) if record else []
    make = (config.get("model_type"), config.get("cell_type"), "crf" if config.get("use_crf") else None)
    return ModelCardData(
        language=facts.language or None if facts else None,
        license=license,
        license_name=facts.weights_license_name if facts and license == "other" and not options.license else None,
        library_name="transformers",
        pipeline_tag=kind.hub_task if kind else None,
        tags=["hf_seq", *filter(None, make), *options.tags],
        datasets=[facts.id] if facts and facts.on_hub else None,
        metrics=[record.metric] if record and record.metric in METRICS_OF_THE_HUB else None,
        base_model=_base_model(record),
        model_name=repo_id.rpartition("/")[2] if results else None,
        eval_results=results or None,
    )


def _base_model(record: Record | None) -> str | None:
    """Return the Hub id of the pretrained model that was fine-tuned, where it is known for sure."""
    if record is None or record.label:  # a label says that another model stood in
        return None
    name = "distilbert/distilbert-base-uncased" if record.model == "distilbert" else record.model
    return name if name.count("/") == 1 else None


def _summary(config: dict[str, Any], kind: ModelKind | None, record: Record | None, facts: DataFacts | None) -> str:
    noun = kind.noun if kind else "encoder"
    sentence = f"A {noun}: {architecture(config)}"
    if record and record.parameters and record.bytes:
        sentence += f", {count(record.parameters)} parameters, {size(record.bytes)}"
    data = facts.name if facts else text(record.data) if record else None
    scratch = config.get("model_type") in OURS
    how = "trained from scratch" if scratch else "fine-tuned"
    if record and record.distillation:
        how = f"distilled from {_teachers(record)}"
    trained = f", {how} with hf_seq on {data}" if data else ", made with hf_seq"
    return f"{sentence}{trained}."


def _teachers(record: Record, *, scores: bool = False) -> str:
    """Name who taught a student, with their scores on the same rows, as far as they are known."""
    alike: dict[str, list[str]] = {}
    for each in record.distillation["teachers"]:
        name = str(each.get("label") or Path(str(each["name"])).name).split(" (")[0]
        score = f"{each['metric']} {rounded(each['score'])}" if scores and "score" in each else ""
        alike.setdefault(text(scrub_text(name)), []).append(score)
    parts = []
    for name, those in alike.items():
        many = f"{len(those)} {name}" if len(those) > 1 else name
        parts.append(f"{many} ({', '.join(those)})" if all(those) else many)
    return " and ".join(parts)


def architecture(config: dict[str, Any]) -> str:
    """Describe a model's architecture in a few words: `bidirectional LSTM, pooled by attention`."""
    kind = str(config.get("model_type"))
    layers = config.get("num_hidden_layers")
    depth = f"{layers} layer{'s' if layers != 1 else ''}" if layers else ""
    if kind.startswith("recurrent"):
        cell_type = str(config.get("cell_type", kind))
        both = "bidirectional " if config.get("bidirectional") else ""
        cell = CELLS.get(cell_type, cell_type)
        name = f"{both}{cell}{' with attention' if 'seq2seq' in kind else ''}"
        name += " beside a bag of n-grams" if kind == "recurrent_wide" else ""
    else:
        name = kind.replace("_", " ")
        name += f" ({config['block']})" if config.get("block") else ""
        name += " beside an LSTM" if config.get("recurrent_size") else ""
    if config.get("front", "none") != "none":
        name += f" behind {config['front_layers']} convolutions of stride {config['front_stride']}"
    parts = [name, depth, f"width {config['hidden_size']}" if config.get("hidden_size") else ""]
    if config.get("pooling") and any("SequenceClassification" in each for each in config.get("architectures") or []):
        parts.append(f"pooled by {config['pooling']}")
    parts.append("CRF" if config.get("use_crf") else "")
    return ", ".join(filter(None, parts))


def _figures(record: Record, source: Path, facts: DataFacts | None, options: CardOptions) -> dict[str, Any]:
    compared = compared_models(source) if record.score is not None else []
    recipe = yaml.safe_dump(record.recipe, sort_keys=False, allow_unicode=True, width=1000)
    return {
        "results": _results(record, source),
        "command": record.command.replace("```", "") or None,
        "metric": metric_name(record.metric),
        "compared": _compared_rows(compared) if len(compared) > 1 else [],
        "by_label": _by_label(record) if record.score is not None else [],
        "labels_left": len(record.by_label) if len(record.by_label) > LABELS_SHOWN else 0,
        "size": _size(record),
        "training_data": _training_data(record, facts, options),
        "training": _training(record),
        "recipe": recipe.strip().replace("```", ""),
    }


def _beside_accuracy(record: Record) -> list[tuple[str, str]]:
    """List the scores that a common class does not hide, where classes are unbalanced."""
    if not record.unbalanced or record.metric != "accuracy":
        return []
    named = [("macro F1", "f1_macro"), (f"F1 of {text(record.positive or '')}", "f1" if record.positive else "")]
    return [(name, str(rounded(100 * record.metrics[key]))) for name, key in named if key in record.metrics]


ONE_TRAINING = "one training; another may score otherwise"


def _results(record: Record, source: Path) -> list[tuple[str, str]]:
    if record.score is None:
        return []
    seeds = seeds_of(source)
    scores = [each.score for each in seeds if each.score is not None]
    mean = sum(scores) / len(scores)
    fitted_once = record.recipe.get("model", record.model) in FITTED_ONCE
    rows = [
        (metric_name(record.metric), f"**{rounded(record.score)}**"),
        *_beside_accuracy(record),
        ("95 % interval", "–".join(str(rounded(each)) for each in record.interval) if record.interval else ""),
        ("n", text(record.scored_rows)),
        ("seed", str(record.seed) if len(scores) > 1 or fitted_once else f"{record.seed}, {ONE_TRAINING}"),
    ]
    if len(scores) > 1:
        each_seed = ", ".join(f"{rounded(each.score or 0.0)} (seed {each.seed})" for each in seeds)
        rows.append(("all seeds", f"{each_seed}; mean {rounded(mean)}"))
    if record.thresholds is not None:
        pairs = zip(record.label_names, record.thresholds, strict=True)
        rows.append(("answers by", text("thresholds " + ", ".join(f"{name} {each:.3g}" for name, each in pairs))))
    rows += [("computed by", text(record.signature)), ("commit of hf_seq", text(record.commit or ""))]
    rows += [("versions", text(", ".join(f"{name} {version}" for name, version in record.versions.items())))]
    return [row for row in rows if row[1]]


def _compared_rows(models: Sequence[ComparedModel]) -> list[list[str]]:
    """Write a row for each model; models of one name are told apart by their folders."""
    names = [text(scrub_text(model.record.name)) + model.record.how_taught for model in models]
    return [
        [
            name if names.count(name) == 1 else f"{name} ({text(model.folder.resolve().name)})",
            f"{model.mean:.2f}",
            str(len(model.scores)),
            count(model.record.parameters),
            count(model.record.parameters_without_embeddings),
            size(model.record.bytes),
            percentiles(model.record.latency_ms),
        ]
        for name, model in zip(names, models, strict=True)
    ]


def _by_label(record: Record) -> list[list[str]]:
    scores = record.by_label
    shown = list(scores) if len(scores) <= LABELS_SHOWN else sorted(scores, key=lambda name: scores[name]["f1"])
    names = ("f1", "precision", "recall")
    return [
        [text(label), *(f"{100 * scores[label][each]:.1f}" for each in names), f"{int(scores[label]['support']):,}"]
        for label in shown[:LABELS_SHOWN]
    ]


def _size(record: Record) -> list[str]:
    lines = []
    if record.parameters is not None and record.parameters_without_embeddings is not None:
        lines.append(f"{record.parameters:,} parameters, {record.parameters_without_embeddings:,} without embeddings")
    if record.bytes:
        lines.append(f"{record.bytes:,} bytes on disk, tokenizer included")
    if record.latency_ms:
        middle, slow = (significant(record.latency_ms[each]) for each in ("p50", "p95"))
        lines.append(f"{middle} ms from one input to its answer (p50; p95 {slow} ms), one thread")
    if record.throughput_per_s:
        lines.append(f"{significant(record.throughput_per_s)} inputs a second in batches, one thread")
    if record.measurement.get("how"):
        lines.append(text(record.measurement["how"]))
    return [*lines, _machine(record)] if lines else []


def _machine(record: Record) -> str:
    machine = record.machine
    parts = [machine.get("processor"), f"{machine['cores']} cores" if machine.get("cores") else None]
    parts += [name for key, name in (("amx", "AMX"), ("avx512", "AVX-512")) if machine.get(key)]
    parts += [machine.get("accelerator"), machine.get("system")]
    return "measured on: " + text(", ".join(str(part) for part in parts if part))


def _training_data(record: Record, facts: DataFacts | None, options: CardOptions) -> list[str]:
    lines = [f"Source as given: {text(record.data)}"]
    if facts is not None:
        link = f"[{text(facts.name)}](https://huggingface.co/datasets/{facts.id})" if facts.on_hub else text(facts.name)
        licence = facts.license or facts.license_note
        lines = [f"{link}: {facts.about}" if facts.about else link, *([f"Licence: {licence}."] if licence else [])]
    lines += [text(each) for each in options.remarks]
    lines += [text(note) for note in record.notes]
    return [*lines, f"Fingerprint of the rows: {text(record.fingerprint)}"] if record.fingerprint else lines


def _training(record: Record) -> str:
    if record.train_seconds is None:
        return "The recipe:"
    machine = record.machine
    where = ", ".join(str(each) for each in (machine.get("accelerator"), machine.get("processor")) if each)
    cores = f", {machine['cores']} cores" if machine.get("cores") else ""
    took = f"Training took {significant(record.train_seconds)} s on {text(where)}{cores}."
    if record.distillation:
        rows = ", ".join(f"{number:,} {text(name)}" for name, number in record.distillation["transfer_set"].items())
        several = "the mean of " if len(record.distillation["teachers"]) > 1 else ""
        took += f" The model learned what {several}{_teachers(record, scores=True)} says of these texts: {rows}."
    return f"{took} The recipe:"


def _limits(config: dict[str, Any], kind: ModelKind | None, facts: DataFacts | None) -> list[str]:
    lines = _labels(config, kind)
    lines += [facts.limits] if facts and facts.limits else []
    lines += [kind.limits] if kind else ["It gives states, not answers: a head has to be trained on them."]
    return lines


def _labels(config: dict[str, Any], kind: ModelKind | None) -> list[str]:
    labels = [text(each) for each in (config.get("id2label") or {}).values()]
    if kind is None or not kind.auto_class.endswith("Classification") or not labels:
        return []
    more = f" and {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
    return [f"Labels: {', '.join(labels[:LABELS_SHOWN])}{more}."]
