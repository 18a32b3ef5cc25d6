// Copyright 2026 The hf_seq authors.
// SPDX-License-Identifier: Apache-2.0
// Answers by an exported model in the browser, as runtime.py does in Python: the same words, labels, paths and texts.
//
//   const model = await load(".", ort, Tokenizer);
//   await model.answer("not bad at all");  // {label: "positive", score: 0.97}
//
// T steps · L labels · V vocabulary

export const PARTS = { B: "B", I: "I", E: "E", S: "S", L: "E", U: "S", M: "I", W: "S" };
const OVERLAP = 4; // the share of a window of a long sentence that overlaps with the next is 1 / OVERLAP
const TOP = 5;

export async function load(folder, ort, Tokenizer) {
  const json = async (name) => (await fetch(`${folder}/${name}`)).json();
  const facts = await json("runtime.json");
  const sessions = {};
  for (const file of Object.keys(facts.files)) {
    if (file.includes("_quantized")) continue;
    const bytes = new Uint8Array(await (await fetch(`${folder}/${file}`)).arrayBuffer());
    const name = file.split("/").pop().replace(".onnx", "");
    sessions[name] = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  }
  if (facts.series) return new Model(facts, sessions, ort, {});
  const config = await json("tokenizer_config.json");
  const tokenizer = new Tokenizer(await json("tokenizer.json"), config);
  const target = facts.target_tokenizer;
  const readers = { tokenizer, target: target === undefined || target === "tokenizer.json" ? tokenizer : new Tokenizer(await json(target), config) };
  if (facts.word_pattern) {
    // a pretrained tokenizer cuts finer than words
    const words = { type: "Split", pattern: { Regex: facts.word_pattern }, behavior: "Removed", invert: true };
    readers.wordReader = new Tokenizer({ ...(await json("tokenizer.json")), pre_tokenizer: words }, config);
  }
  return new Model(facts, sessions, ort, readers);
}

export class Model {
  constructor(facts, sessions, ort, readers) {
    Object.assign(this, { facts, sessions, ort, ...readers });
  }

  // Run a graph: arrays by name, with their shapes, to arrays by name.
  async run(name, inputs) {
    const feeds = {};
    for (const [key, { data, dims }] of Object.entries(inputs)) {
      feeds[key] = new this.ort.Tensor(data instanceof BigInt64Array ? "int64" : "float32", data, dims);
    }
    const outputs = await this.sessions[name].run(feeds);
    return Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, { data: value.data, dims: value.dims }]));
  }

  ids(list) {
    return { data: BigInt64Array.from(list, BigInt), dims: [1, list.length] };
  }

  pieces(text) {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids.map(Number);
  }

  // Answer one input, as runtime.py does.
  async answer(given, how = {}) {
    const kind = this.facts.kind;
    if (kind === "classification" || kind === "series") return this.classify(given);
    if (kind === "tagging") return this.tag(given);
    if (kind === "series-tagging") return this.tagSeries(given);
    if (kind === "masked-language-modeling") return this.fill(given);
    if (kind === "language-modeling") return this.generate(given, how);
    return this.translate(given, how);
  }

  // Ids of a text, cut to what the model reads.
  read(text) {
    const { before, after, limit, truncation_side: side } = this.facts;
    const room = (limit ?? Infinity) - before.length - after.length;
    const pieces = this.pieces(text);
    const kept = pieces.length <= room ? pieces : side === "left" ? pieces.slice(-room) : pieces.slice(0, room);
    return { ids: [...before, ...kept, ...after], truncated: pieces.length > room };
  }

  // One row to the outputs of the graph; a text without a token is a step that does not count.
  readRow(ids) {
    const row = ids.length ? ids : [0];
    const mask = this.ids(row.map(() => (ids.length ? 1 : 0)));
    return this.run("model", { input_ids: this.ids(row), attention_mask: mask });
  }

  readSeries(rows) {
    const data = Float32Array.from(rows.flat());
    const mask = this.ids(rows.map(() => 1));
    return this.run("model", { input_values: { data, dims: [1, rows.length, rows[0].length] }, attention_mask: mask });
  }

  async classify(given) {
    let logits, weights, ids, truncated;
    if (this.facts.series) {
      const found = this.scaled(given);
      truncated = found.truncated;
      for (const window of found.windows) {
        const part = Array.from((await this.readSeries(window)).logits.data);
        logits = logits === undefined ? part : logits.map((value, i) => value + part[i]);
      }
      logits = logits.map((value) => value / found.windows.length);
    } else {
      ({ ids, truncated } = this.read(given));
      const outputs = await this.readRow(ids);
      logits = Array.from(outputs.logits.data);
      weights = outputs.pooling_weights && Array.from(outputs.pooling_weights.data);
    }
    const answer = this.decide(activate(logits, this.facts.problem_type));
    if (truncated) answer.truncated = true;
    if (weights) answer.attention = ids.map((id, i) => ({ token: this.tokenizer.id_to_token(id), weight: weights[i] }));
    return answer;
  }

  decide(scores) {
    const { labels, problem_type: problem, thresholds, answer_threshold: sure } = this.facts;
    if (problem === "single_label_classification") {
      const lead = thresholds ? scores.map((score, i) => score - thresholds[i]) : scores;
      const best = argmax(lead);
      const all = labels.map((label, i) => ({ label, score: scores[i] }));
      const unsure = (sure ?? null) !== null && scores[best] <= sure;
      return { label: labels[best], score: scores[best], ...(unsure && { hand_over: true }), all };
    }
    if (problem === "multi_label_classification") {
      const over = scores.map((_, i) => i).filter((i) => scores[i] > (thresholds ? thresholds[i] : 0.5));
      return { labels: over.map((i) => labels[i]), scores: over.map((i) => scores[i]) };
    }
    return { score: scores.length === 1 ? scores[0] : scores };
  }

  async tag(text) {
    const { before, after, limit, labels, crf } = this.facts;
    const words = findWords(text, this.splitter.pre_tokenizer.pre_tokenize_text(text, {}));
    const sentence = { ids: [], firsts: [], words: [] };
    for (const word of words) {
      const pieces = this.pieces(word.text);
      if (!pieces.length) continue;
      sentence.firsts.push(sentence.ids.length);
      sentence.ids.push(...pieces);
      sentence.words.push(word);
    }
    const tags = [];
    const scores = [];
    const room = (limit ?? 1e9) - before.length - after.length;
    const begins = this.facts.sentences ? this.begins(text, sentence.words) : [0];
    for (const { start, end, first, last } of cutSentences(sentence, begins, room)) {
      const { logits } = await this.readRow([...before, ...sentence.ids.slice(start, end), ...after]);
      const width = labels.length;
      const inside = sentence.firsts.filter((place) => start <= place && place < end);
      const rows = inside.map((place) => {
        const step = place - start + before.length;
        return Array.from(logits.data.slice(step * width, (step + 1) * width));
      });
      const { path, chances } = choose(rows, crf);
      const skipped = first - sentence.firsts.indexOf(inside[0]);
      for (let i = skipped; i < skipped + last - first; i++) {
        tags.push(labels[path[i]]);
        scores.push(chances[i]);
      }
    }
    if (!this.facts.marks_spans) {
      return { tokens: sentence.words.map((word, i) => ({ label: tags[i], score: scores[i], ...word })) };
    }
    const entities = spansOf(tags).map(({ label, first, last }) => {
      const [start, end] = [sentence.words[first].start, sentence.words[last - 1].end];
      const score = sum(scores.slice(first, last)) / (last - first);
      return { label, score, text: text.slice(start, end), start, end };
    });
    return { entities };
  }

  // The words that begin a sentence, for a tagger that learnt from sentences.
  begins(text, words) {
    const starts = sentenceStarts(text, this.facts.sentences === "split-lower");
    const found = starts.map((start) => words.findIndex((word) => word.start >= start));
    return [...new Set([0, ...found.filter((place) => place > 0)])].sort((a, b) => a - b);
  }

  get splitter() {
    return this.wordReader ?? this.tokenizer;
  }

  async tagSeries(given) {
    const { windows, truncated } = this.scaled(given);
    const { logits } = await this.readSeries(windows[0]);
    const width = this.facts.labels.length;
    const rows = windows[0].map((_, step) => Array.from(logits.data.slice(step * width, (step + 1) * width)));
    const alone = rows.map((row) => activate(row, "single_label_classification"));
    const path = this.facts.crf ? bestPath(rows, this.facts.crf) : alone.map(argmax);
    const answer = { tags: path.map((tag) => this.facts.labels[tag]), scores: path.map((tag, step) => alone[step][tag]) };
    return truncated ? { ...answer, truncated } : answer;
  }

  // A series (T, C) filled, scaled, cut, and in windows, as in training.
  scaled(given) {
    const facts = this.facts.series;
    let rows = given.map((step) => (Array.isArray(step) ? step : [step]).map((each) => (each === null ? NaN : Number(each))));
    if (!rows.length || rows.some((row) => row.length !== facts.feature_size)) {
      throw new Error(`a series must have ${facts.feature_size} numbers a step, and a step or more`);
    }
    const truncated = facts.max_length !== null && rows.length > facts.max_length;
    if (truncated) rows = facts.truncation_side === "right" ? rows.slice(0, facts.max_length) : rows.slice(-facts.max_length);
    const absent = rows.map((row) => row.map(Number.isNaN));
    if (facts.missing === "forward") {
      rows.forEach((row, t) => row.forEach((value, c) => t && Number.isNaN(value) && (row[c] = rows[t - 1][c])));
    }
    const mean = facts.mean ?? rows[0].map(() => 0);
    if (facts.missing === "decay") {
      const left = facts.persistence ?? rows[0].map(() => 1);
      rows.forEach((row, t) =>
        row.forEach((value, c) => t && Number.isNaN(value) && (row[c] = mean[c] + (rows[t - 1][c] - mean[c]) * left[c])),
      );
    }
    const std = facts.std ?? rows[0].map(() => 1);
    const fill = facts.do_normalize || facts.mean === null ? rows[0].map(() => 0) : mean;
    const ready = rows.map((row, t) => {
      const values = row.map((value, c) => {
        const scaled = facts.do_normalize ? (value - mean[c]) / std[c] : value;
        return Number.isNaN(scaled) ? fill[c] : scaled;
      });
      return facts.missing_indicator ? [...values, ...absent[t].map(Number)] : values;
    });
    const size = facts.window_length;
    if (size === null || ready.length <= size) return { windows: [ready], truncated };
    const windows = [];
    const stride = facts.window_stride ?? Math.max(1, Math.floor(size / 2));
    for (let start = 0; start < ready.length - size; start += stride) windows.push(ready.slice(start, start + size));
    return { windows: [...windows, ready.slice(-size)], truncated };
  }

  async fill(text) {
    const { ids, truncated } = this.read(text);
    const cut = truncated && { truncated };
    const masks = ids.flatMap((id, place) => (id === this.facts.mask ? [place] : []));
    if (!masks.length) return { text, filled: [], ...cut };
    const { logits } = await this.readRow(ids);
    const width = logits.dims[2];
    const filled = masks.map((place) => {
      const chances = activate(Array.from(logits.data.slice(place * width, (place + 1) * width)), "single_label_classification");
      const order = chances.map((_, i) => i).sort((a, b) => chances[b] - chances[a] || a - b);
      return order.slice(0, TOP).map((i) => ({ token: this.tokenizer.decode([i]), score: chances[i] }));
    });
    return { text, filled, ...cut };
  }

  async generate(prompt, { max_new_tokens: limit = 100, temperature = 0, num_beams: beams = 1, random = Math.random } = {}) {
    const { separate, bos, begin, ends, generation, state } = this.facts;
    let first = [...(separate ? [bos] : []), ...this.pieces(prompt)];
    if (!first.length) first = begin;
    if (!first) throw new Error("this model cannot begin a text by itself; give a word or more");
    const zeros = Object.fromEntries(Object.entries(state).map(([name, width]) => [name, { data: new Float32Array(width), dims: [1, width] }]));
    const ask = (inputs) => {
      const mask = { data: new BigInt64Array(inputs.input_ids.data.length).fill(1n), dims: inputs.input_ids.dims };
      return this.run("model", { ...inputs, attention_mask: mask });
    };
    const steps = new Steps(ask, zeros);
    const silent = generation.suppress_tokens ?? [];
    const written = beams > 1
      ? await search(steps, first, ends, limit, beams, generation)
      : await greedy(steps, first, ends, limit, silent, temperature, random);
    const [begun, whole] = [first, [...first, ...written]].map((ids) => this.tokenizer.decode(ids, { skip_special_tokens: true }));
    return { text: prompt + whole.slice(begun.length) };
  }

  async translate(text, how = {}) {
    if (!text.trim()) return { source: text, target: "", finished: true };
    const { ids, truncated } = this.read(text);
    if (truncated) throw new Error(`the text has more tokens than the model reads (${this.facts.limit}); shorten it`);
    const encoded = await this.run("encoder_model", { input_ids: this.ids(ids), attention_mask: this.ids(ids.map(() => 1)) });
    const state = Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name.replace("start", "past"), value]));
    const steps = new Steps((inputs) => this.run("decoder_model", inputs), state);
    const settings = { ...this.facts.generation, ...how };
    const { num_beams: beams, max_new_tokens: limit } = settings;
    const { ends, start } = this.facts;
    const written = beams > 1
      ? await search(steps, [start], ends, limit, beams, settings)
      : await greedy(steps, [start], ends, limit, settings.suppress_tokens ?? [], 0);
    const target = this.target.decode(written.length ? written : [start], { skip_special_tokens: true }).trim();
    return { source: text, target, finished: written.some((id) => ends.includes(id)) };
  }
}

// A text being written, or the beams of one: log probabilities of what may follow, and the state.
export class Steps {
  constructor(ask, state) {
    Object.assign(this, { ask, state });
  }

  async read(rows) {
    const ids = { data: BigInt64Array.from(rows.flat(), BigInt), dims: [rows.length, rows[0].length] };
    const { logits, ...outputs } = await this.ask({ input_ids: ids, ...this.state });
    for (const [name, value] of Object.entries(outputs)) this.state[name.replace("present", "past")] = value;
    const [count, length, width] = logits.dims;
    return Array.from({ length: count }, (_, row) => {
      const start = (row * length + length - 1) * width;
      return logSoftmax(logits.data.slice(start, start + width));
    });
  }

  pick(rows) {
    for (const [name, { data, dims }] of Object.entries(this.state)) {
      const size = data.length / dims[0] || 0;
      const chosen = new Float32Array(size * rows.length);
      rows.forEach((row, place) => chosen.set(data.subarray(row * size, (row + 1) * size), place * size));
      this.state[name] = { data: chosen, dims: [rows.length, ...dims.slice(1)] };
    }
  }
}

async function greedy(steps, first, ends, limit, silent, temperature = 0, random = Math.random) {
  const written = [];
  let rows = [first];
  while (written.length < limit && !ends.includes(written[written.length - 1])) {
    const [scores] = await steps.read(rows);
    for (const id of silent) scores[id] = -Infinity;
    written.push(temperature ? draw(scores, temperature, random) : argmax(scores));
    rows = [[written[written.length - 1]]];
  }
  return written;
}

function draw(scores, temperature, random) {
  const chances = activate(Array.from(scores, (score) => score / temperature), "single_label_classification");
  let rest = random();
  for (let id = 0; id < chances.length; id++) if ((rest -= chances[id]) < 0) return id;
  return argmax(chances);
}

// Beam search as transformers' generate() does it; see runtime_writing.py.
async function search(steps, first, ends, limit, beams, how) {
  const { length_penalty: penalty = 1, early_stopping: early = false, suppress_tokens: silent } = how;
  const power = penalty ?? 1;
  const NEVER = -1e9;
  const kept = Math.max(2, 1 + ends.length) * beams;
  steps.pick(Array(beams).fill(0));
  let running = Array.from({ length: beams }, () => []);
  let scores = Float32Array.from({ length: beams }, (_, i) => (i ? NEVER : 0));
  let done = Array.from({ length: beams }, () => ({ score: NEVER, text: [], fresh: false }));
  let rows = Array.from({ length: beams }, () => first);
  let improving = true;
  for (let length = 1; length <= limit; length++) {
    const chances = await steps.read(rows);
    const width = chances[0].length;
    const flat = new Float32Array(beams * width);
    chances.forEach((row, beam) => {
      for (const id of silent ?? []) row[id] = -Infinity;
      row.forEach((value, id) => (flat[beam * width + id] = value + scores[beam]));
    });
    const top = largest(flat, kept);
    const texts = top.map((place) => [...running[Math.floor(place / width)], place % width]);
    const ended = texts.map((text) => ends.includes(text[text.length - 1]) || length === limit);
    const full = early === true && done.every(({ fresh }) => fresh);
    texts.forEach((text, rank) => {
      const fresh = ended[rank] && rank < beams;
      const score = Math.fround(flat[top[rank]] / length ** power + NEVER * (Number(full) + Number(!improving) + Number(!fresh)));
      done.push({ score, text, fresh });
    });
    done = done.map((each, i) => ({ ...each, i })).sort((a, b) => b.score - a.score || a.i - b.i).slice(0, beams);
    const open = Float32Array.from(top, (place, rank) => flat[place] + (ended[rank] ? NEVER : 0));
    const going = largest(open, beams);
    running = going.map((rank) => texts[rank]);
    scores = Float32Array.from(going, (rank) => open[rank]);
    steps.pick(going.map((rank) => Math.floor(top[rank] / width)));
    rows = running.map((text) => [text[text.length - 1]]);
    const reach = early === "never" && power > 0 ? limit : length;
    const lowest = Math.min(...done.map(({ score }) => score));
    improving &&= done.some(({ fresh }) => scores[0] / reach ** power > (fresh ? lowest : NEVER));
    if (!improving || ended.every(Boolean) || (early === true && done.every(({ fresh }) => fresh))) break;
  }
  return done[0].text;
}

function largest(values, count) {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  return order.slice(0, count);
}

// Where the words of a text stand; a splitter that changed their letters is followed by their lengths.
export function findWords(text, words) {
  let at = 0;
  return words.map((word) => {
    const found = text.indexOf(word, at);
    const folded = found < 0 ? text.toLowerCase().indexOf(word.toLowerCase(), at) : found;
    const start = folded < 0 ? at : folded;
    at = start + word.length;
    return { text: text.slice(start, at), start, end: at };
  });
}

// Where the sentences of a text begin, as hf_seq/models/sentence_places.py finds them.
const SENTENCE_END = /([。！？｡]+[」』”’)）]*)\s*|([.!?…]+["'”’»)\]]*)(\s+)|[^\S\n]*\n\s*\n\s*/gu;
const ABBREVIATION =
  /(?:^|[\s("'“‘«])(?:[\p{L}\p{N}_]|(?:[\p{L}\p{N}_]\.)+[\p{L}\p{N}_]|mr|mrs|ms|dr|prof|st|ft|jr|sr|gen|sen|rep|gov|vs|etc|inc|corp|co|ltd|no|nr|vol|fig|pp|p|jan|feb|mar|apr|aug|sept|sep|oct|nov|dec|bzw|ca|usw|sog|evtl|mme|mlle|cf|sig|av|e\.g|i\.e|al|approx|dept|est)$/iu;

export function sentenceStarts(text, lowerStarts) {
  const starts = [];
  let start = 0;
  const add = (end) => {
    const part = text.slice(start, end);
    if (part.trim()) starts.push(start + part.length - part.trimStart().length);
    start = end;
  };
  const ends = (match) => {
    const following = text.slice(match.index + match[0].length).slice(0, 2).replace(/^["'“‘«([—\-–¿¡]+/u, "").slice(0, 1);
    const before = text.slice(Math.max(start, match.index - 24), match.index);
    if (!before || /\s$/u.test(before)) return before.trim() !== "";
    if (/^\p{Ll}/u.test(following) && !lowerStarts) return match[3].includes("\n") && "!?".includes(match[2][0]);
    return !(match[2] === "." && ABBREVIATION.test(before) && !before.endsWith(" I"));
  };
  for (const match of text.matchAll(SENTENCE_END)) {
    if (match[2] !== undefined && !ends(match)) continue;
    add(match.index + match[0].length);
  }
  add(text.length);
  return starts;
}

// Windows of what was read, none of which goes over the begin of a sentence.
export function cutSentences({ firsts, ids }, begins, room) {
  return begins.flatMap((word, i) => {
    const after = begins[i + 1] ?? firsts.length;
    const start = begins.length > 1 ? firsts[word] : 0;
    const end = after < firsts.length ? firsts[after] : ids.length;
    const inside = firsts.slice(word, after).map((first) => first - start);
    return cutWindows(inside, end - start, room).map((window) => ({
      start: window.start + start,
      end: window.end + start,
      first: window.first + word,
      last: window.last + word,
    }));
  });
}

// Windows of a long sentence: start and end in pieces, and the words whose tags are taken from each.
export function cutWindows(firsts, length, room) {
  if (length <= room) return firsts.length ? [{ start: 0, end: length, first: 0, last: firsts.length }] : [];
  const bisect = (value, low, high) => {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const windows = [];
  let word = 0;
  let done = 0;
  while (done < firsts.length) {
    const start = firsts[word];
    const end = Math.min(start + room, length);
    const following = bisect(end, 0, firsts.length);
    let back = bisect(end - Math.floor(room / OVERLAP), word + 1, following);
    const last = end === length ? firsts.length : Math.max(done + 1, (back + following + 1) >> 1);
    windows.push({ start, end, first: done, last });
    done = last;
    while (back < last && last < firsts.length && firsts[last] >= firsts[back] + room) back++;
    word = Math.min(back, last);
  }
  return windows;
}

function choose(rows, crf) {
  if (!crf) {
    const alone = rows.map((row) => activate(row, "single_label_classification"));
    return { path: alone.map(argmax), chances: alone.map((row) => Math.max(...row)) };
  }
  const path = bestPath(rows, crf);
  const chances = marginals(rows, crf);
  return { path, chances: path.map((tag, step) => chances[step][tag]) };
}

export function bestPath(rows, { start, end, pair }) {
  if (!rows.length) return [];
  let total = rows[0].map((value, label) => value + start[label]);
  const cameFrom = [];
  for (const row of rows.slice(1)) {
    const sources = row.map((_, after) => argmax(total.map((value, before) => value + pair[before][after])));
    cameFrom.push(sources);
    total = row.map((value, after) => total[sources[after]] + pair[sources[after]][after] + value);
  }
  const path = [argmax(total.map((value, label) => value + end[label]))];
  for (const sources of cameFrom.reverse()) path.push(sources[path[path.length - 1]]);
  return path.reverse();
}

export function marginals(rows, { start, end, pair }) {
  if (!rows.length) return [];
  const ahead = [rows[0].map((value, label) => value + start[label])];
  for (const row of rows.slice(1)) {
    const before = ahead[ahead.length - 1];
    ahead.push(row.map((value, after) => value + logSum(before.map((each, label) => each + pair[label][after]))));
  }
  const behind = [end];
  for (const row of rows.slice(1).reverse()) {
    const after = behind[0].map((each, label) => each + row[label]);
    behind.unshift(end.map((_, label) => logSum(after.map((each, next) => each + pair[label][next]))));
  }
  return ahead.map((row, step) => {
    const both = row.map((value, label) => value + behind[step][label]);
    const all = logSum(both);
    return both.map((value) => Math.exp(value - all));
  });
}

export function spansOf(tags) {
  const parts = [...tags, "O"].map(splitTag);
  const spans = [];
  let begun = 0;
  let before = ["O", ""];
  parts.forEach((now, place) => {
    if (!("BI".includes(before[0]) && "IE".includes(now[0]) && before[1] === now[1])) {
      if (before[0] !== "O") spans.push({ label: before[1] || "_", first: begun, last: place });
      begun = place;
    }
    before = now;
  });
  return spans;
}

function splitTag(name) {
  const dash = name.indexOf("-");
  const [part, kind] = dash < 0 ? [name, ""] : [name.slice(0, dash), name.slice(dash + 1)];
  return part in PARTS && dash >= 0 === Boolean(kind) ? [PARTS[part], kind] : ["O", ""];
}

export function activate(logits, problem) {
  if (problem === "regression") return logits;
  if (problem === "multi_label_classification" || logits.length === 1) return logits.map((each) => 1 / (1 + Math.exp(-each)));
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((each) => Math.exp(each - highest));
  const total = sum(powers);
  return powers.map((each) => each / total);
}

function logSoftmax(values) {
  const all = logSum(values);
  return values.map((each) => each - all);
}

function logSum(values) {
  let highest = -Infinity;
  for (const each of values) if (each > highest) highest = each;
  let total = 0;
  for (const each of values) total += Math.exp(each - highest);
  return Math.log(total) + highest;
}

function argmax(values) {
  let best = 0;
  values.forEach((each, place) => each > values[best] && (best = place));
  return best;
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}
