# %% [markdown]
# # 11 Compare honestly
#
# A model is better if it is better on rows that chose nothing, by more than chance, and not only with this seed.

# %%
import numpy as np

import hf_seq
from hf_seq import teach

comparison = hf_seq.compare(
    "builtin:reviews",
    ["majority", "tfidf", "gru", "bilstm"],
    max_train_rows=600,
    num_train_epochs=3,
    hidden_size=24,
    calls=20,
    robustness_rows=0,
)
comparison

# %% [markdown]
# Each score has an interval; each difference is tested on the same rows (a paired test knows more than two intervals do), and p-values are
# corrected for their number. The verdict says it in words:

# %%
print(comparison.verdict)
comparison.to_pandas()[["model", "score", "low", "high", "difference", "p_value", "p_value_holm"]]

# %% [markdown]
# ## What an interval claims
#
# Draw many test sets from a model that is right on 80 of 100 texts: 95 of 100 intervals hold 80.


# %%
def wilson(right, n):
    z = 1.959964
    share = right / n
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    return float(centre - half), float(centre + half)


drawn = np.random.default_rng(0).binomial(200, 0.8, size=1000)
held = np.mean([low <= 0.8 <= high for low, high in (wilson(right, 200) for right in drawn.tolist())])
print(f"{100 * held:.1f} of 100 intervals hold the truth")
assert 0.93 < held < 0.97
teach.check("wilson", wilson)

# %% [markdown]
# ## At the boundaries: a tiny test, one row, two models that answer alike

# %%
print("9 of 10 right:", wilson(9, 10), "\n1 of 1 right:", wilson(1, 1))
rows = [
    (f"{how} {what}", label) for how, label in (("good", "praise"), ("bad", "blame")) for what in "abcdefghijklmnopqrst"
]
alike = hf_seq.compare({"train": rows, "test": rows[15:25]}, ["tfidf", "majority"], calls=2, robustness_rows=0)
print(alike.verdict)

# %% [markdown]
# ## A bad result, looked into: the best of many
#
# Twenty models that guess, on 100 rows: the best looks good. This is what Holm's method is for.

# %%
random = np.random.default_rng(1)
scores = random.binomial(100, 0.5, size=20)
print("the best of twenty guessers is right on", scores.max(), "of 100 rows")
assert scores.max() > 55


def holm(p_values):
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        found[place] = highest
    return found


print(holm([0.01, 0.02, 0.8]))
teach.check("holm", holm)

# %% [markdown]
# ## The retest: other seeds
#
# Rows cannot tell what another training would do. Give `seeds=[0, 1, 2]`, and scores are means, intervals cover rows and seeds.

# %%
again = hf_seq.compare(
    "builtin:reviews",
    ["tfidf", "gru"],
    seeds=[0, 1],
    max_train_rows=300,
    num_train_epochs=2,
    hidden_size=16,
    calls=5,
    robustness_rows=0,
)
for row in again.rows:
    print(row.record.name, row.seed_scores, row.interval)

# %% [markdown]
# ## Questions

# %%
# Two models are right on 85 and 84 of 100 rows. Is that a difference? ("yes" or "too few rows")
answer = "too few rows"
low, high = wilson(84, 100)
assert (answer == "too few rows") == (low < 0.85 < high)

# %%
# Four models are compared with a reference. By how much does Holm multiply the smallest p-value?
answer = 4
assert holm([0.01, 0.5, 0.5, 0.5])[0] == answer * 0.01

# %%
# You chose the number of epochs on the test rows. Is the score still honest?
answer = False
assert answer is False

# %% [markdown]
# ## Exercises

# %%
for name in ("accuracy", "macro_f1", "wilson", "holm", "calibration_error"):
    print(name, "·", teach.exercises()[name])
print(comparison.to_latex("Reviews, 1,200 test rows."))
