# %% [markdown]
# # 8 Names by a BiLSTM-CRF
#
# Tag each word, and let a layer on top score whole sequences, so that no `I-` follows an `O`.

# %%
import torch

import hf_seq
from hf_seq import teach

trained = hf_seq.train(
    "builtin:orders", "bilstm-crf", task="tagging", max_train_rows=300, num_train_epochs=3, hidden_size=32
)
print(trained)
print(trained("two large flat whites for table nine"))

# %%
trained.show("two large flat whites for table nine")

# %% [markdown]
# The answer has spans with their places in the text. The score is span F1: a span is right if its type and both its ends are.

# %%
record = trained.record
print(record.metric, record.score, record.interval)
for label, scores in list(record.by_label.items())[:4]:
    print(label, {name: round(value, 2) for name, value in scores.items()})

# %% [markdown]
# ## What the CRF adds
#
# It scores tags by pairs. Transitions that the scheme forbids have a score of minus a great deal, so that the best path is always legal.

# %%
names = [trained.model.config.id2label[number] for number in range(trained.model.config.num_labels)]
inside = next(name for name in names if name.startswith("I-"))
crf = trained.model.crf
print("tags:", names[:6], "and from O to", inside, "is forbidden")
texts = ["whites nine two", "flat flat flat", "for for table"]
tags = [trained.predictor(text) for text in texts]
print(tags)

# %% [markdown]
# Two small algorithms do the work. The forward algorithm sums over all paths (for the loss), Viterbi's finds the best one. Write them:


# %%
def log_partition(emissions, transitions):
    alpha = emissions[0]
    for emission in emissions[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transitions, 0) + emission
    return torch.logsumexp(alpha, 0)


teach.check("log_partition", log_partition)


# %%
def best_path(emissions, transitions):
    score, back = emissions[0], []
    for emission in emissions[1:]:
        best = (score[:, None] + transitions).max(0)
        score, back = best.values + emission, [best.indices, *back]
    path = [int(score.argmax())]
    for came_from in back:
        path = [int(came_from[path[0]]), *path]
    return path


teach.check("best_path", best_path)

# %% [markdown]
# ## At the boundaries: no words, one word, unknown words, tags that are not as many as words

# %%
for odd in ("", "espresso", "zwölf große Melange"):
    print(repr(odd), trained(odd))
try:
    hf_seq.train(([["two", "teas"]] * 30, [["B-N"]] * 30), "bilstm-crf", task="tagging")
except hf_seq.InputError as error:
    print("refused:", str(error)[:160])

# %% [markdown]
# ## A bad result, looked into
#
# The most frequent tag of each word is a baseline that knows no context. Where a tagger is hardly better, the words tell their tags; where it
# is worse, look at the spans it misses by type.

# %%
floor = hf_seq.train("builtin:orders", "most-frequent", task="tagging", max_train_rows=300)
print("most frequent tag of each word:", round(floor.score, 1), " BiLSTM-CRF:", round(trained.score, 1))
weakest = min(record.by_label.items(), key=lambda item: item[1]["f1"])
print("weakest type:", weakest[0], weakest[1])

# %% [markdown]
# The retest: more rows.

# %%
more = hf_seq.train(
    "builtin:orders", "bilstm-crf", task="tagging", max_train_rows=1000, num_train_epochs=3, hidden_size=32
)
print(round(trained.score, 1), "with 300 rows,", round(more.score, 1), "with 1,000")
assert more.score >= trained.score - 2

# %% [markdown]
# ## Questions

# %%
# How many paths are there for 4 words and 3 tags?
answer = 81
assert answer == 3**4

# %%
# Gold has 2 spans, 3 are predicted, 2 of them right. What is F1?
answer = 0.8
assert abs(answer - 2 * 2 / (2 + 3)) < 1e-9

# %%
# Tags B-PER B-PER: how many names are these?
answer = 2
spans = hf_seq.teach.checking.EXERCISES["spans"].answer(["B-PER", "B-PER"])
assert answer == len(spans)

# %% [markdown]
# ## Exercises
#
# `spans`, `span_f1`, `path_score`, `log_partition`, `best_path`.

# %%
for name in ("spans", "span_f1", "path_score"):
    print(name, "·", teach.exercises()[name])
teach.check("best_path", lambda emissions, transitions: emissions.argmax(1).tolist())
