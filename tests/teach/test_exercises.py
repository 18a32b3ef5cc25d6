# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every exercise passes what is right and tells three plausible mistakes apart from it.

The right answers come from other hands where there are any: torch's own cells and attention, scikit-learn, brute force.
"""

import itertools
import math

import pytest
import torch
from sklearn.metrics import f1_score
from torch.nn import functional as F

from hf_seq import teach
from hf_seq.teach.checking import EXERCISES


def swap_gates(gates, c):
    return EXERCISES["lstm_step"].answer(gates[[1, 0, 2, 3]], c)


def brute_paths(emissions, transitions):
    steps, labels = emissions.shape
    for path in itertools.product(range(labels), repeat=steps):
        score = sum(emissions[step, tag] for step, tag in enumerate(path))
        yield list(path), float(score + sum(transitions[one, other] for one, other in itertools.pairwise(path)))


def forgetful_viterbi(emissions, transitions):
    path = [int(emissions[0].argmax())]
    for emission in emissions[1:]:
        path.append(int((transitions[path[-1]] + emission).argmax()))
    return path


def loose_spans(tags):
    """An I- goes on with whatever stands before it."""
    found = []
    for place, tag in enumerate(tags):
        if tag.startswith("I-") and found and found[-1][2] == place:
            found[-1] = (found[-1][0], found[-1][1], place + 1)
        elif tag != "O":
            found.append((tag[2:], place, place + 1))
    return found


def merged_spans(tags):
    found = []
    for place, tag in enumerate(tags):
        if tag != "O" and found and found[-1][0] == tag[2:] and found[-1][2] == place:
            found[-1] = (*found[-1][:2], place + 1)
        elif tag != "O":
            found.append((tag[2:], place, place + 1))
    return found


def wald(right, n):
    share = right / n
    half = 1.959964 * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


def torch_lstm(gates, c):
    cell = torch.nn.LSTMCell(1, len(c))
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih.copy_(gates.flatten())
        h, new = cell(torch.zeros(1, 1), (torch.zeros(1, len(c)), c[None]))
    return h[0], new[0]


def sinusoids_by_loops(steps, width):
    rows = []
    for step in range(steps):
        rows.append([])
        for place in range(0, width, 2):
            angle = step / 10_000 ** (place / width)
            rows[-1] += [math.sin(angle), math.cos(angle)]
    return torch.tensor(rows)


ans = {name: each.answer for name, each in EXERCISES.items()}
OTHER_HANDS = {
    "rnn_step": lambda x, h, w, u, b: torch.tanh(F.linear(x, w, b) + F.linear(h, u)),
    "lstm_step": torch_lstm,
    "one_hot": lambda ids, size: F.one_hot(ids, size).float(),
    "attend": lambda q, k, v: F.scaled_dot_product_attention(q[None], k[None], v[None])[0],
    "layer_norm": lambda x: F.layer_norm(x, x.shape[-1:]),
    "masked_mean": lambda s, m: torch.stack(
        [row[mask == 1].mean(0) if mask.any() else row[0] * 0 for row, mask in zip(s, m, strict=True)]
    ),
    "masked_max": lambda s, m: torch.stack([row[mask == 1].amax(0) for row, mask in zip(s, m, strict=True)]),
    "last_state": lambda s, m: torch.stack([row[mask == 1][-1] for row, mask in zip(s, m, strict=True)]),
    "masked_loss": lambda logits, y: F.cross_entropy(logits[y != -100], y[y != -100]),
    "causal_mask": lambda n: torch.tensor([[float(j <= i) for j in range(n)] for i in range(n)]),
    "sinusoids": sinusoids_by_loops,
    "macro_f1": lambda g, p: f1_score(g, p, average="macro"),
    "log_partition": lambda e, t: math.log(sum(math.exp(score) for _, score in brute_paths(e, t))),
    "best_path": lambda e, t: max(brute_paths(e, t), key=lambda each: each[1])[0],
    "path_score": lambda e, t, p: next(score for path, score in brute_paths(e, t) if path == p),
    "wilson": lambda k, n: tuple(__import__("scipy.stats").stats.binomtest(k, n).proportion_ci(method="wilson")),
}
"""Right answers that do not come from the exercise."""

WRONG = {
    "words": (str.split, lambda t: t.lower().split(" "), lambda t: list(t.lower())),
    "vocabulary": (
        lambda ts: {w: n - 2 for w, n in ans["vocabulary"](ts).items()},
        lambda ts: {w: n for n, w in enumerate(sorted({w for t in ts for w in t.split()}), 2)},
        lambda ts: {w: n for n, w in enumerate(dict.fromkeys(w for t in ts for w in t.split()), 2)},
    ),
    "encode": (
        lambda t, ids: [ids[w] for w in t.split() if w in ids],
        lambda t, ids: [ids.get(w, 0) for w in t.split()],
        lambda t, ids: [ids[w] for w in t.split()],
    ),
    "pad": (
        lambda rows, p: [list(r[: min(map(len, rows), default=0)]) for r in rows],
        lambda rows, p: [[p] * (max(map(len, rows), default=0) - len(r)) + list(r) for r in rows],
        lambda rows, p: ans["pad"](rows, 0),
    ),
    "mask_of_lengths": (
        lambda ls: [[1] * n for n in ls],
        lambda ls: [[0] * (max(ls) - n) + [1] * n for n in ls],
        lambda ls: [[1] * (n - 1) + [0] * (max(ls) - n + 1) for n in ls],
    ),
    "one_hot": (
        lambda ids, n: torch.eye(n)[ids].T,
        lambda ids, n: torch.eye(int(ids.max()) + 1)[ids],
        lambda ids, n: torch.eye(n)[ids].long() * ids[:, None],
    ),
    "rnn_step": (
        lambda x, h, w, u, b: torch.sigmoid(w @ x + u @ h + b),
        lambda x, h, w, u, b: torch.tanh(w @ x + u @ h),
        lambda x, h, w, u, b: torch.tanh(w @ x + b),
    ),
    "lstm_step": (
        swap_gates,
        lambda g, c: (torch.sigmoid(g[3]) * ans["lstm_step"](g, c)[1], ans["lstm_step"](g, c)[1]),
        lambda g, c: ans["lstm_step"](g, c)[::-1],
    ),
    "gru_step": (
        lambda r, z, x, u, h: ans["gru_step"](r, -z, x, u, h),
        lambda r, z, x, u, h: ans["gru_step"](r * 0 + 50, z, x, u, h),
        lambda r, z, x, u, h: (1 - z.sigmoid()) * torch.tanh(r.sigmoid() * (x + u)) + z.sigmoid() * h,
    ),
    "clip": (
        lambda gs, m: [g * min(1, m / max(g.norm().item(), 1e-9)) for g in gs],
        lambda gs, m: [g * m / max(torch.cat(gs).norm().item(), 1e-9) for g in gs],
        lambda gs, m: [g.clamp(-m, m) for g in gs],
    ),
    "masked_mean": (
        lambda s, m: s.mean(1),
        lambda s, m: (s * m[..., None]).sum(1) / m.sum(1).max(),
        lambda s, m: (s * m[..., None]).sum(1) / m.sum(1, keepdim=True),
    ),
    "masked_max": (
        lambda s, m: s.amax(1),
        lambda s, m: (s * m[..., None]).amax(1),
        lambda s, m: s.masked_fill(m[..., None] == 1, -1e9).amax(1),
    ),
    "last_state": (
        lambda s, m: s[:, -1],
        lambda s, m: s[torch.arange(len(s)), m.sum(1) - 1],
        lambda s, m: s[torch.arange(len(s)), m.argmax(1)],
    ),
    "reverse_rows": (
        lambda ids, n: ids.flip(1),
        lambda ids, n: ids.flip(0),
        lambda ids, n: ids.sort(1, descending=True).values,
    ),
    "masked_loss": (
        lambda x, y: F.cross_entropy(x.flatten(0, 1), y.clamp(min=0).flatten()),
        lambda x, y: F.cross_entropy(x.flatten(0, 1), y.flatten(), reduction="sum"),
        lambda x, y: F.cross_entropy(x.flatten(0, 1), y.flatten(), reduction="sum") / y.numel(),
    ),
    "masked_softmax": (
        lambda s, m: s.softmax(-1),
        lambda s, m: s.softmax(-1) * m,
        lambda s, m: (s * m).softmax(-1),
    ),
    "context": (
        lambda w, v: v.mean(1),
        lambda w, v: (w[..., None] * v).mean(1),
        lambda w, v: (w[:, None] * v.transpose(1, 2)).sum(1),
    ),
    "attend": (
        lambda q, k, v: (q @ k.T).softmax(-1) @ v,
        lambda q, k, v: (q @ k.T / math.sqrt(len(k))).softmax(-1) @ v,
        lambda q, k, v: (q @ k.T / math.sqrt(q.shape[-1])).softmax(0) @ v,
    ),
    "causal_mask": (
        lambda n: torch.ones(n, n).triu(),
        lambda n: torch.ones(n, n).tril(-1),
        lambda n: torch.ones(n, n),
    ),
    "sinusoids": (
        lambda n, h: ans["sinusoids"](n, h).flip(1),
        lambda n, h: torch.cat([ans["sinusoids"](n, h)[:, ::2], ans["sinusoids"](n, h)[:, 1::2]], 1) * 1.01,
        lambda n, h: ans["sinusoids"](n + 1, h)[1:],
    ),
    "layer_norm": (
        lambda x: (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5),
        lambda x: (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + 1e-5),
        lambda x: (x - x.mean(0)) / torch.sqrt(x.var(0, unbiased=False) + 1e-5),
    ),
    "shift_right": (
        lambda y, s: [*y[1:], s],
        lambda y, s: [s, *y],
        lambda y, s: list(y[:-1]),
    ),
    "until_end": (
        lambda ids, e: [i for i in ids if i != e],
        lambda ids, e: list(ids[: list(ids).index(e)]),
        lambda ids, e: list(ids[: len(ids) - 1 - ids[::-1].index(e)]) if e in ids else list(ids),
    ),
    "probabilities": (
        lambda x, t: x.softmax(-1),
        lambda x, t: (x * t).softmax(-1),
        lambda x, t: x.softmax(-1) / t,
    ),
    "best_beams": (
        lambda a, x, k: [divmod(p, x.shape[1]) for p in x.flatten().topk(k).indices.tolist()],
        lambda a, x, k: [(b, int(x[b].argmax())) for b in range(len(a))][:k],
        lambda a, x, k: [(t, b) for b, t in ans["best_beams"](a, x, k)],
    ),
    "perplexity": (
        lambda n: math.exp(sum(n)),
        lambda n: 2 ** (sum(n) / len(n)),
        lambda n: sum(map(math.exp, n)) / len(n),
    ),
    "clipped_matches": (
        lambda w, r: sum(x in r for x in w),
        lambda w, r: len(set(w) & set(r)),
        lambda w, r: sum(x in w for x in r),
    ),
    "distillation_loss": (
        lambda s, t, heat: ans["distillation_loss"](s, t, heat) / heat**2 if heat > 1 else s.sum(),
        lambda s, t, heat: ans["distillation_loss"](t, s, heat),
        lambda s, t, heat: ans["distillation_loss"](s, t, 1.0) * heat**2,
    ),
    "spans": (
        loose_spans,
        merged_spans,
        lambda tags: [(kind, begin, end - 1) for kind, begin, end in ans["spans"](tags)],
    ),
    "span_f1": (
        lambda g, p: 2 * len({s[1:] for s in g} & {s[1:] for s in p}) / (len(g) + len(p)) if g or p else 0.0,
        lambda g, p: 2 * len(set(g) & set(p)) / (len(g) + len(p)),
        lambda g, p: len(set(g) & set(p)) / len(p) if p else 0.0,
    ),
    "path_score": (
        lambda e, t, p: sum(e[s, x].item() for s, x in enumerate(p)),
        lambda e, t, p: ans["path_score"](e, t.T, p),
        lambda e, t, p: ans["path_score"](e, t, p) + t[p[-1], p[0]].item(),
    ),
    "log_partition": (
        lambda e, t: max(score for _, score in brute_paths(e, t)),
        lambda e, t: ans["log_partition"](e, t.T),
        lambda e, t: torch.logsumexp(e, 1).sum().item(),
    ),
    "best_path": (
        lambda e, t: e.argmax(1).tolist(),
        forgetful_viterbi,
        lambda e, t: ans["best_path"](e, t)[::-1],
    ),
    "accuracy": (
        lambda g, p: ans["accuracy"](g, p) / 100,
        lambda g, p: 100 * len(set(g) & set(p)) / len(set(g)),
        lambda g, p: 100 - ans["accuracy"](g, p),
    ),
    "macro_f1": (
        lambda g, p: ans["accuracy"](g, p) / 100,
        lambda g, p: f1_score(g, p, average="weighted", zero_division=0),
        lambda g, p: f1_score(g, p, average="macro", labels=sorted(set(g)), zero_division=0),
    ),
    "wilson": (
        wald,
        lambda k, n: tuple(100 * each for each in ans["wilson"](k, n)),
        lambda k, n: (max(0.0, wald(k, n)[0]), min(1.0, wald(k, n)[1])),
    ),
    "holm": (
        lambda ps: [min(1.0, p * len(ps)) for p in ps],
        lambda ps: [min(1.0, p * (len(ps) - sorted(ps).index(p))) for p in ps],
        lambda ps: ans["holm"](sorted(ps)) if ps != sorted(ps) else ans["holm"](ps)[::-1],
    ),
    "calibration_error": (
        lambda c, r, b: abs(sum(c) - sum(r)) / len(c),
        lambda c, r, b: sum(abs(x - y) for x, y in zip(c, r, strict=True)) / len(c),
        lambda c, r, b: ans["calibration_error"](c, r, 1),
    ),
}


def test_there_are_thirty_and_each_has_three_wrong_answers():
    assert len(EXERCISES) >= 30
    assert EXERCISES.keys() == WRONG.keys()
    assert {len(each) for each in WRONG.values()} == {3}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_answer_passes(name):
    feedback = teach.check(name, EXERCISES[name].answer)
    assert feedback, feedback.message
    assert "right, in all" in repr(feedback)


@pytest.mark.parametrize("name", OTHER_HANDS)
def test_an_answer_from_other_hands_passes(name):
    feedback = teach.check(name, OTHER_HANDS[name])
    assert feedback, feedback.message


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in WRONG for number in range(3)])
def test_a_plausible_mistake_is_found_and_said(name, number):
    feedback = teach.check(name, WRONG[name][number])
    assert not feedback
    assert feedback.message.startswith(f"{name}: for ")
    assert "Hint: " in feedback.message


def test_what_a_function_does_beside_its_answer_is_said():
    def sorts(ids, lengths):
        found = EXERCISES["reverse_rows"].answer(ids, lengths)
        ids.zero_()
        return found

    assert "changes what it was given" in teach.check("reverse_rows", sorts).message
    assert "returns nothing" in teach.check("words", lambda text: None).message
    assert "raises ZeroDivisionError" in teach.check("words", lambda text: 1 / 0).message


def test_an_unknown_exercise_is_answered_with_the_nearest():
    from hf_seq import InputError

    with pytest.raises(InputError, match="did you mean 'masked_mean'"):
        teach.check("mask_mean", len)
    with pytest.raises(InputError, match="takes the function itself, got list"):
        teach.check("words", ["not"])


def test_feedback_in_a_notebook_is_text_not_code():
    page = teach.check("words", lambda text: ["<b>"])._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
