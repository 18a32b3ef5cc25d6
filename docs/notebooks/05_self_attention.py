# %% [markdown]
# # 5 Self-attention and the transformer block
#
# Every token looks at every other and takes what it needs (Vaswani et al. 2017). There is no state that is carried along, so positions must be
# told.

# %%
import math

import torch
from torch import nn
from torch.nn import functional as F

import hf_seq
from hf_seq import TransformerEncoderConfig, TransformerEncoderModel, teach

torch.manual_seed(0)


def attend(queries, keys, values):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])  # (T, S)
    return scores.softmax(-1) @ values


x = torch.randn(1, 5, 8)
assert torch.allclose(attend(x, x, x), F.scaled_dot_product_attention(x, x, x), atol=1e-6)
teach.check("attend", attend)

# %% [markdown]
# ## A block
#
# Attention, then a network for each token by itself; around both a residual connection and a norm.


# %%
class Block(nn.Module):
    def __init__(self, hidden, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.first, self.second = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.network = nn.Sequential(nn.Linear(hidden, 4 * hidden), nn.GELU(), nn.Linear(4 * hidden, hidden))

    def attention(self, x, mask):
        batch, steps, hidden = x.shape
        q, k, v = (
            self.qkv(x).view(batch, steps, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        )  # (B, N, T, D)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out(mixed.transpose(1, 2).reshape(batch, steps, hidden))

    def forward(self, x, mask=None):
        x = x + self.attention(self.first(x), mask)
        return x + self.network(self.second(x))


block = Block(8, 2)
print(block(x).shape, sum(parameter.numel() for parameter in block.parameters()), "parameters")

# %% [markdown]
# ## At the boundaries: padding, order, one token

# %%
mask = torch.tensor([True, True, True, False, False])
assert torch.allclose(block(x, mask[None, None, None])[0, :3], block(x[:, :3])[0], atol=1e-5)
order = torch.tensor([4, 2, 0, 1, 3])
assert torch.allclose(block(x)[:, order], block(x[:, order]), atol=1e-5)
print("padding changes nothing; and without positions, another order gives the same vectors in that order")
print("one token attends to itself:", attend(x[:, :1], x[:, :1], x[:, :1]).equal(x[:, :1]))

# %% [markdown]
# Positions: sines and cosines added to the embeddings, or rotations of queries and keys, which hf_seq's small encoder takes by default on the
# command line. With them order matters:

# %%
ids = torch.tensor([[5, 6, 7]])
for kind in ("none", "sinusoidal", "rotary"):
    config = TransformerEncoderConfig(vocab_size=20, hidden_size=16, num_attention_heads=2, position_embedding=kind)
    model = TransformerEncoderModel(config).eval()
    one, other = model(ids).last_hidden_state[0, 0], model(ids.flip(1)).last_hidden_state[0, 2]
    print(f"{kind:10} the first token moves by {(one - other).abs().max().item():.1e} when the order is turned round")

# %% [markdown]
# ## A bad result, looked into
#
# A small transformer from scratch on few rows is often worse than an LSTM: it has to learn order. Compare, and look at the loss on train rows:
# where that is high too, train longer; where it is low, there are too few rows.

# %%
quick = {"max_train_rows": 600, "num_train_epochs": 3, "hidden_size": 32}
for name in ("transformer", "gru"):
    trained = hf_seq.train("builtin:reviews", name, **quick)
    last = trained.record.curve[-1]
    print(name, round(trained.score, 1), {key: round(value, 2) for key, value in last.items() if "loss" in key})

# %% [markdown]
# ## Questions

# %%
# A text of 100 tokens: how many scores does one head compute?
answer = 10_000
assert answer == torch.zeros(100, 8).matmul(torch.zeros(8, 100)).numel()

# %%
# Why divide by the root of the width? Without it, is the softmax of random vectors flatter or sharper?
answer = "sharper"
q, k = torch.randn(1, 256), torch.randn(50, 256)
assert (answer == "sharper") == ((q @ k.T).softmax(-1).max() > (q @ k.T / 16).softmax(-1).max()).item()

# %%
# May token 3 look at token 5 under a causal mask (both counted from 0)?
answer = False
assert answer == bool(torch.ones(6, 6).tril()[3, 5])

# %% [markdown]
# ## Exercises


# %%
def layer_norm(x):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + 1e-5)


print(teach.check("layer_norm", layer_norm))
print(teach.check("causal_mask", lambda steps: torch.ones(steps, steps).tril()))
print(teach.exercises()["sinusoids"])
