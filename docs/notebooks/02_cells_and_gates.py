# %% [markdown]
# # 2 RNN, GRU, LSTM, and what a gate does
#
# A recurrent network reads step by step and keeps a state. The three cells differ in how the next state is made from the last one.

# %%
import torch
from torch import nn

import hf_seq
from hf_seq import RecurrentConfig, RecurrentForSequenceClassification, teach

torch.manual_seed(0)
x, h = torch.randn(4), torch.zeros(3)
w, u, b = torch.randn(3, 4), torch.randn(3, 3), torch.randn(3)


def rnn_step(x, h, w, u, b):
    return torch.tanh(w @ x + u @ h + b)


print(rnn_step(x, h, w, u, b))
teach.check("rnn_step", rnn_step)

# %% [markdown]
# ## Why gates
#
# In Elman's cell the state passes through `u` and tanh at every step. Watch how much a first token still matters after many steps.


# %%
def influence(cell, steps):
    torch.manual_seed(1)
    network = cell(4, 32, batch_first=True)
    if cell is nn.LSTM:  # as hf_seq starts it: a forget gate that is open
        with torch.no_grad():
            network.bias_ih_l0[32:64] += 1
    inputs = torch.randn(1, steps, 4, requires_grad=True)
    network(inputs)[0][0, -1].sum().backward()
    return inputs.grad[0, 0].norm().item()


for steps in (2, 10, 40):
    print(steps, {cell.__name__: f"{influence(cell, steps):.1e}" for cell in (nn.RNN, nn.GRU, nn.LSTM)})
assert influence(nn.LSTM, 40) > influence(nn.RNN, 40)

# %% [markdown]
# An LSTM keeps a memory `c` that is only multiplied by the forget gate and added to: with the gate open, it lasts.


# %%
def lstm_step(gates, c):
    i, f, g, o = gates
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


teach.check("lstm_step", lstm_step)

# %% [markdown]
# ## Look at the gates of a trained model
#
# `hf_seq.trace` shows every stage of the forward pass; of recurrent cells the gates, step by step.

# %%
trained = hf_seq.train("builtin:reviews", "lstm", max_train_rows=400, num_train_epochs=2, hidden_size=16)
seen = hf_seq.trace(trained.model, trained.tokenizer, "the queue was not bad")
gates = seen.gates[0]
print(type(gates).__name__, [stage.name for stage in seen.stages][:4])
print([str(finding) for finding in seen.findings] or "nothing looks wrong")

# %%
seen

# %% [markdown]
# ## At the boundaries
#
# An empty text has no step, so its state stays what it was at the start. A single token is read once.

# %%
config = RecurrentConfig(vocab_size=20, hidden_size=8, cell_type="gru", num_labels=2)
model = RecurrentForSequenceClassification(config).eval()
for ids in ([[5]], [[5] * 50]):
    print(len(ids[0]), model(input_ids=torch.tensor(ids)).logits.tolist())
empty = model(input_ids=torch.zeros(1, 2, dtype=torch.long), attention_mask=torch.zeros(1, 2, dtype=torch.long))
assert torch.isfinite(empty.logits).all()

# %% [markdown]
# ## A bad result, looked into
#
# A gate that is always shut or always open carries nothing. Shut the forget gate by its bias, and see what the trace says of it; then open it
# again: the retest.

# %%
layer = next(module for module in trained.model.modules() if isinstance(module, nn.LSTM))
kept = layer.bias_ih_l0.data.clone()
layer.bias_ih_l0.data[16:32] = -30
before = hf_seq.trace(trained.model, trained.tokenizer, "the queue was not bad").findings
layer.bias_ih_l0.data.copy_(kept)
after = hf_seq.trace(trained.model, trained.tokenizer, "the queue was not bad").findings
print("shut:", [str(each)[:120] for each in before], "\nopen:", [str(each)[:120] for each in after])
assert len(before) > len(after)

# %% [markdown]
# ## Questions

# %%
# How many gates, the candidate included, does an LSTM compute at each step?
answer = 4
assert answer * 16 == layer.weight_ih_l0.shape[0]

# %%
# And a GRU?
answer = 3
assert answer * 8 == nn.GRU(4, 8).weight_ih_l0.shape[0]

# %%
# With an update gate z = 1, what is a GRU's next state in torch: "the last state" or "the candidate"?
answer = "the last state"
kept = teach.check(
    "gru_step", lambda r, z, x, u, h: (1 - z.sigmoid()) * torch.tanh(x + r.sigmoid() * u) + z.sigmoid() * h
)
assert kept
assert answer == "the last state"

# %% [markdown]
# ## Exercises
#
# `rnn_step`, `lstm_step`, `gru_step` and `clip`, which keeps gradients from exploding.


# %%
def clip(gradients, largest):
    norm = torch.cat([each.flatten() for each in gradients]).norm().item()
    return [each * min(1.0, largest / max(norm, 1e-12)) for each in gradients]


teach.check("clip", clip)
