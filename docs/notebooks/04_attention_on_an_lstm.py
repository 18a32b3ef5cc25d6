# %% [markdown]
# # 4 Attention on an LSTM
#
# A classifier needs one vector of a text. Attention takes a weighted mean of all states, and learns the weights (Bahdanau et al. 2015).

# %%
import torch
from torch import nn

import hf_seq
from hf_seq import teach

torch.manual_seed(0)


class Attention(nn.Module):
    """Score each state by a small network, and sum the states by the softmax of the scores."""

    def __init__(self, hidden):
        super().__init__()
        self.project, self.score = nn.Linear(hidden, hidden), nn.Linear(hidden, 1, bias=False)

    def forward(self, states, mask):
        scores = self.score(torch.tanh(self.project(states)))[..., 0]  # (B, T)
        weights = scores.masked_fill(mask == 0, float("-inf")).softmax(-1)  # (B, T)
        return (weights[..., None] * states).sum(1), weights  # (B, H)


states, mask = torch.randn(2, 4, 6), torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1]])
summary, weights = Attention(6)(states, mask)
print(weights)
assert torch.allclose(weights.sum(-1), torch.ones(2))
assert (weights[mask == 0] == 0).all()

# %% [markdown]
# ## In a trained model
#
# `bilstm-attention` is this layer on a bidirectional LSTM. Which words does it look at?

# %%
trained = hf_seq.train("builtin:reviews", "bilstm-attention", max_train_rows=600, num_train_epochs=3, hidden_size=32)
text = "the violinist was not inspired , but the encore was glorious ."
seen = hf_seq.trace(trained.model, trained.tokenizer, text)
[looked] = list(seen.attention.values())[:1]
for step, weight in zip(seen.steps[0], looked[0].tolist()):
    print(f"{step.text:12} {'#' * round(60 * weight)} {weight:.2f}")
assert abs(looked[0].sum().item() - 1) < 1e-4

# %% [markdown]
# Weights say where the model looked, not why it answered: other weights can give the same answer (Jain and Wallace 2019). Take a word away and
# see whether the answer changes; that is a test.

# %%
answer = trained(text)
without = {
    word: trained(" ".join(each for each in text.split() if each != word)) for word in ("not", "glorious", "encore")
}
print(answer)
for word, other in without.items():
    print("without", word, other)

# %% [markdown]
# ## At the boundaries: one word, none, and words in another order

# %%
for odd in ("glorious", "", ". glorious was encore the"):
    print(repr(odd), trained(odd))

# %% [markdown]
# ## A bad result, looked into
#
# A mask that is forgotten gives padding weight. It shows: the weights of the real steps no longer sum to 1.

# %%
forgetful = Attention(6)
_, wrong = forgetful(states, torch.ones_like(mask))
print("on real steps:", wrong[0, :2].sum().item())
assert wrong[0, :2].sum() < 0.999
_, right = forgetful(states, mask)
assert torch.allclose(right[0, :2].sum(), torch.tensor(1.0))

# %% [markdown]
# ## Questions

# %%
# What is the weight of a step whose score is minus infinity?
answer = 0.0
assert answer == torch.tensor([1.0, float("-inf")]).softmax(-1)[1].item()

# %%
# All scores are equal, five steps are real. What is each weight?
answer = 0.2
assert abs(answer - torch.zeros(5).softmax(-1)[0].item()) < 1e-6

# %%
# Does attention that pools states know the order of the words by itself, without the LSTM below it?
answer = False
layer, order = Attention(6), torch.tensor([3, 1, 0, 2])
same = torch.allclose(layer(states[1:], mask[1:])[0], layer(states[1:, order], mask[1:])[0], atol=1e-6)
assert answer == (not same)

# %% [markdown]
# ## Exercises


# %%
def masked_softmax(scores, mask):
    return scores.masked_fill(mask == 0, float("-inf")).softmax(-1)


teach.check("masked_softmax", masked_softmax)


# %%
def context(weights, values):
    return (weights[..., None] * values).sum(1)


print(teach.check("masked_softmax", lambda scores, mask: scores.softmax(-1) * mask))
teach.check("context", context)
