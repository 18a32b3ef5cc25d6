// Copyright 2026 The hf_seq authors.
// SPDX-License-Identifier: Apache-2.0
// The page: what is typed goes to the model in this folder, and what it says is shown as text, never as markup.

import { Tokenizer } from "./vendor/tokenizers.min.mjs";
import * as ort from "./vendor/ort.wasm.min.mjs";
import { load } from "./model.js";

ort.env.wasm.wasmPaths = new URL("./vendor/", import.meta.url).href;
ort.env.wasm.numThreads = 1;

const $ = (id) => document.getElementById(id);

function element(kind, text, name) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function bars(pairs) {
  return pairs.map(([label, share]) => {
    const row = element("div", undefined, "bar");
    const filled = element("span", undefined, "filled");
    filled.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
    row.append(filled, element("span", label, "label"), element("span", `${(share * 100).toFixed(1)} %`, "share"));
    return row;
  });
}

function highlighted(text, spans) {
  const shown = element("p", undefined, "text");
  let at = 0;
  for (const { start, end, label, score } of spans) {
    const mark = element("mark", text.slice(start, end));
    mark.title = score.toFixed(3);
    mark.append(element("small", ` ${label}`));
    shown.append(text.slice(at, start), mark);
    at = end;
  }
  shown.append(text.slice(at));
  return shown;
}

function looked(attention) {
  const most = Math.max(...attention.map(({ weight }) => weight));
  const shown = element("p", undefined, "text");
  for (const { token, weight } of attention) {
    const part = element("span", token);
    part.style.backgroundColor = `rgb(255 180 0 / ${weight / most})`;
    part.title = weight.toFixed(3);
    shown.append(part, " ");
  }
  return shown;
}

function shown(given, answer) {
  if (answer.entities) return [highlighted(given, answer.entities)];
  if (answer.tokens) return [highlighted(given, answer.tokens)];
  if (answer.tags) return [element("p", answer.tags.join(" "), "text")];
  if (answer.filled) return answer.filled.flatMap((each) => bars(each.map(({ token, score }) => [token, score])));
  if (answer.target !== undefined) return [element("p", answer.target, "text")];
  if (answer.text !== undefined) return [element("p", answer.text, "text")];
  const parts = answer.all ? bars(answer.all.map(({ label, score }) => [label, score]).sort((a, b) => b[1] - a[1])) : [];
  if (answer.labels) parts.push(...bars(answer.labels.map((label, i) => [label, answer.scores[i]])));
  if (answer.hand_over) parts.push(element("p", "Not sure enough to answer alone: hand it over.", "text"));
  if (!answer.all && !answer.labels) parts.push(element("p", String(answer.score), "text"));
  if (answer.attention?.length) parts.push(looked(answer.attention));
  return parts;
}

async function main() {
  const begun = performance.now();
  const about = await (await fetch("./page.json")).json();
  document.title = about.title;
  $("title").textContent = about.title;
  $("about").textContent = about.about;
  const model = await load(".", ort, Tokenizer);
  const numbers = Boolean(model.facts.series);
  if (["classification", "tagging"].includes(model.facts.kind)) await model.answer("warm"); // the first run compiles
  const ask = async () => {
    const given = $("input").value;
    const start = performance.now();
    try {
      const answer = await model.answer(numbers ? JSON.parse(given) : given);
      $("answer").replaceChildren(...shown(given, answer));
      if (answer.truncated) $("answer").append(element("p", "The text was cut: the model reads no more."));
      $("time").textContent = `${(performance.now() - start).toFixed(2)} ms`;
    } catch (error) {
      $("answer").replaceChildren(element("p", String(error.message ?? error), "error"));
      $("time").textContent = "";
    }
  };
  $("ask").addEventListener("click", ask);
  for (const example of about.examples) {
    const button = element("button", example, "example");
    button.addEventListener("click", () => {
      $("input").value = example;
      return ask();
    });
    $("examples").append(button);
  }
  $("ask").disabled = false;
  $("state").textContent = `ready after ${((performance.now() - begun) / 1000).toFixed(2)} s; nothing you type leaves this page`;
  globalThis.model = model;
}

main().catch((error) => {
  $("state").textContent = `the model cannot be loaded: ${error.message ?? error}`;
});
