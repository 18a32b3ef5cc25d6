# %% [markdown]
# # 3 Padding done right
#
# Texts of a batch are filled up to the longest. Nothing that a model answers may depend on how much, or on which side.

# %%
import torch
from torch import nn

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification, teach

torch.manual_seed(0)
short = torch.tensor([[5, 6, 7]])
batch = torch.tensor([[5, 6, 7, 0, 0], [9, 8, 7, 6, 5]])
mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])

# %% [markdown]
# ## The test
#
# A row alone and the same row in a batch must give the same logits. Random weights matter: a new model has biases of zero and a padding vector
# of zero, and with these a wrong model passes.


# %%
def off_by(model):
    with torch.no_grad():
        alone = model(short, torch.ones_like(short))
        return (alone[0] - model(batch, mask)[0]).abs().max().item()


class Tutorial(nn.Module):
    """A bidirectional LSTM as many tutorials have it."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 8)
        self.lstm = nn.LSTM(8, 8, bidirectional=True, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, ids, mask):
        return self.head(self.lstm(self.embed(ids))[0][:, -1])


class Ours(nn.Module):
    def __init__(self, pooling):
        super().__init__()
        config = RecurrentConfig(vocab_size=10, hidden_size=16, bidirectional=True, pooling=pooling, pad_token_id=0)
        self.model = RecurrentForSequenceClassification(config).eval()

    def forward(self, ids, mask):
        return self.model(input_ids=ids, attention_mask=mask).logits


def with_random_weights(model):
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    return model


print("tutorial", off_by(with_random_weights(Tutorial())))
for pooling in ("first", "last", "mean", "max", "attention"):
    print(pooling, off_by(with_random_weights(Ours(pooling))))
assert off_by(with_random_weights(Tutorial())) > 1e-2
assert off_by(with_random_weights(Ours("last"))) < 1e-5

# %% [markdown]
# ## Five places where padding gets in
#
# 1. The last step: `states[:, -1]` is behind the padding.
# 2. The backward direction begins in it.
# 3. A mean counts it, a maximum takes its zero over negative states.
# 4. Attention gives it weight.
# 5. A loss divides by it.
#
# [The museum](museum.md) has all of them and more, a cell each.

# %% [markdown]
# ## At the boundaries: left padding, holes, and rows without a token

# %%
model = with_random_weights(Ours("mean"))
left, real = torch.tensor([[0, 0, 5, 6, 7]]), torch.tensor([[0, 0, 1, 1, 1]])
with torch.no_grad():
    right = model(short, torch.ones_like(short))
    print("left padding:", (model(left, real) - right).abs().max().item())
    nothing = model(torch.zeros(1, 4, dtype=torch.long), torch.zeros(1, 4, dtype=torch.long))
    print("a row without a token:", nothing.tolist())
assert torch.isfinite(nothing).all()
assert torch.allclose(model(left, real), right, atol=1e-5)

# %% [markdown]
# ## A bad result, looked into
#
# A model scores 90 with batches of 1 and 84 with batches of 64. Find the row that moves most, then see what it has: the most padding.

# %%
bad = with_random_weights(Tutorial())
rows = [torch.randint(1, 10, (length,)) for length in (2, 5, 9, 12)]
padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
together = (padded != 0).long()
with torch.no_grad():
    moved = [
        (bad(row[None], None)[0] - bad(padded, together)[number]).abs().max().item() for number, row in enumerate(rows)
    ]
print([f"{len(row)} tokens: off by {gap:.3f}" for row, gap in zip(rows, moved)])
assert moved[3] < 1e-5 < min(moved[:3])  # the longest has no padding

# %% [markdown]
# The retest, with each row's own last state forward and its first backward, in one line of packing:

# %%
with torch.no_grad():
    packed = nn.utils.rnn.pack_padded_sequence(
        bad.embed(padded), together.sum(1), batch_first=True, enforce_sorted=False
    )
    ends = bad.lstm(packed)[1][0]  # (2, B, H): where each direction ends
    mended = bad.head(torch.cat([ends[0], ends[1]], -1))
    alone = [bad.head(torch.cat([*bad.lstm(bad.embed(row[None]))[1][0][:, 0]])) for row in rows]
assert torch.allclose(mended, torch.stack(alone), atol=1e-5)
print("mended")

# %% [markdown]
# ## Questions

# %%
# A mask has rows [1, 1, 0] and [1, 1, 1]. By what is the sum of states of row 0 divided for its mean?
answer = 2
assert answer == torch.tensor([1, 1, 0]).sum().item()

# %%
# Where is the last real step of a row padded on the left, in a batch of T = 5 steps?
answer = 4
assert answer == (real * torch.arange(5)).argmax(1).item()

# %%
# Does a new model with all biases 0 and a padding vector of 0 notice a wrong backward direction?
answer = False
fresh = nn.LSTM(4, 3, bidirectional=True, batch_first=True, bias=False)
inputs = torch.randn(1, 3, 4)
longer = torch.cat([inputs, torch.zeros(1, 2, 4)], 1)
assert answer == (not torch.allclose(fresh(inputs)[0], fresh(longer)[0][:, :3], atol=1e-6))

# %% [markdown]
# ## Exercises


# %%
def masked_mean(states, mask):
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


teach.check("masked_mean", masked_mean)

# %%
print(teach.check("masked_mean", lambda states, mask: states.mean(1)))
print(teach.check("last_state", lambda states, mask: states[torch.arange(len(states)), mask.sum(1) - 1]))
for name in ("masked_max", "last_state", "reverse_rows", "masked_loss"):
    print(name, "·", teach.exercises()[name])
