# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the Hub demands of a card's metadata, after `modelcard.md` and the Spaces reference of huggingface/hub-docs."""

import re
from typing import Any

import yaml

LICENSES = {
    *("apache-2.0", "mit", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0"),
    *("bsd-3-clause", "gpl-3.0", "unknown", "other"),
}
PIPELINES = {"text-classification", "token-classification", "text-generation", "fill-mask", "translation"}
PIPELINES |= {"summarization", "text2text-generation", "other"}
LISTS = ("tags", "datasets", "metrics")


def complaints_about(content: str, kind: str | None) -> list[dict[str, str]]:
    """What the Hub's /api/validate-yaml would refuse in a README."""
    found = re.match(r"\A---\r?\n(.*?)\r?\n---", content, re.DOTALL)
    if not found:
        return []
    try:
        data = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        return [{"message": f"YAML Metadata Error: {error}"}]
    rules = of_a_space if kind == "space" else of_a_model
    return [{"message": each} for each in rules(data)]


def of_a_space(data: dict[str, Any]) -> list[str]:
    said = [f'"{key}" is required' for key in ("sdk", "app_file") if key not in data]
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(data.get("sdk_version", ""))):
        said.append('"sdk_version" must be like 6.1.0')
    if len(str(data.get("short_description", ""))) > 60:
        said.append('"short_description" length must be less than or equal to 60 characters long')
    return said


def of_a_model(data: dict[str, Any]) -> list[str]:
    said = []
    languages = data.get("language", [])
    for language in [languages] if isinstance(languages, str) else languages:
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*|multilingual|code", language):
            said.append(f'"language" {language!r} must be an ISO 639 code')
    if "license" in data and data["license"] not in LICENSES:
        said.append(f'"license" {data["license"]!r} must be one of {sorted(LICENSES)}')
    if data.get("license") == "other" and "license_name" not in data:
        said.append('"license_name" is required when license is other')
    if "pipeline_tag" in data and data["pipeline_tag"] not in PIPELINES:
        said.append(f'"pipeline_tag" {data["pipeline_tag"]!r} is not a task')
    for key in LISTS:
        if key in data and not (isinstance(data[key], list) and all(isinstance(each, str) for each in data[key])):
            said.append(f'"{key}" must be a list of strings')
    for index in data.get("model-index", []):
        said += [f'"model-index[0].{each}" is required' for each in ("name", "results") if not index.get(each)]
        for result in index.get("results", []):
            said += of_a_result(result)
    return said


def of_a_result(result: dict[str, Any]) -> list[str]:
    said = []
    for key, fields in (("task", ("type",)), ("dataset", ("type", "name"))):
        said += [f'"results.{key}.{each}" is required' for each in fields if not result.get(key, {}).get(each)]
    metrics = result.get("metrics") or [{}]
    said += ['"results.metrics.type" is required' for each in metrics if not each.get("type")]
    said += [
        '"results.metrics.value" must be a number' for each in metrics if not isinstance(each.get("value"), int | float)
    ]
    return said
