# %% [markdown]
# # The museum of padding bugs
#
# Twelve mistakes that real tutorials and real code make. Each cell shows the wrong number, the right one, and the test that tells them
# apart. All of them train, lower their loss and look fine: what is wrong is that a text gets another answer in another batch, or that a
# model learns from what is not there.
#
# The one test to take home: **the answer for a row must not depend on the rows beside it.** Use weights that are not fresh: with the
# zero biases and the zero padding vector of a new model, half of these bugs are invisible.

# %%
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
ids = torch.tensor([[5, 6, 7, 0, 0], [5, 6, 7, 8, 9]])  # row 0 has 3 tokens and 2 of padding
mask = (ids != 0).long()
embed = nn.Embedding(10, 4)  # without padding_idx: padding has a vector, as it has after some training
lstm = nn.LSTM(4, 3, batch_first=True)
both = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
alone = embed(ids[:1, :3])  # what the first text is without neighbours

# %% [markdown]
# ## 1. The last output of a padded row
#
# `output[:, -1]` is the state after the padding. Take the state at each row's last real token.

# %%
states = lstm(embed(ids))[0]
right = lstm(alone)[0][0, -1]
wrong = states[0, -1]
mended = states[0, mask[0].sum() - 1]
print("wrong ", wrong.tolist(), "\nright ", mended.tolist())
assert not torch.allclose(wrong, right, atol=1e-3)
assert torch.allclose(mended, right, atol=1e-6)

# %% [markdown]
# ## 2. A backward direction that begins in the padding
#
# The backward cell reads the padding first, so that *every* state of it is wrong, not only the last. Reverse each row within its length.

# %%
wrong = both(embed(ids))[0][0, :3, 3:]
right = both(alone)[0][0, :, 3:]
packed = nn.utils.rnn.pack_padded_sequence(embed(ids), mask.sum(1), batch_first=True, enforce_sorted=False)
mended = nn.utils.rnn.pad_packed_sequence(both(packed)[0], batch_first=True)[0][0, :3, 3:]
print("off by up to", (wrong - right).abs().max().item(), "and mended by", (mended - right).abs().max().item())
assert (wrong - right).abs().max() > 1e-3
assert torch.allclose(mended, right, atol=1e-6)

# %% [markdown]
# ## 3. Loss on padding
#
# A mean over all positions is divided by the padding, too: the loss falls when the batch is padded more.

# %%
logits, labels = torch.randn(2, 5, 4), torch.tensor([[1, 2, 3, 0, 0], [1, 2, 3, 1, 2]])
wrong = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
ignored = labels.masked_fill(mask == 0, -100)
mended = F.cross_entropy(logits.flatten(0, 1), ignored.flatten())
right = torch.cat(
    [
        F.cross_entropy(logits[0, :3], labels[0, :3], reduction="none"),
        F.cross_entropy(logits[1], labels[1], reduction="none"),
    ]
)
print("wrong", wrong.item(), "right", mended.item())
assert torch.allclose(mended, right.mean())
assert not torch.allclose(wrong, mended)

# %% [markdown]
# ## 4. A mean over padding
#
# A short text among long ones is pulled to the padding's vector. Multiply by the mask and divide by its sum.

# %%
vectors = embed(ids)
wrong = vectors.mean(1)[0]
mended = ((vectors * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))[0]
print("wrong", wrong.tolist(), "\nright", mended.tolist())
assert torch.allclose(mended, alone.mean(1)[0], atol=1e-6)
assert not torch.allclose(wrong, mended, atol=1e-3)

# %% [markdown]
# ## 5. The first token under left padding
#
# Decoders pad on the left; `states[:, 0]` is then padding. Find the first real token.

# %%
left = torch.tensor([[0, 0, 5, 6, 7], [5, 6, 7, 8, 9]])
real = (left != 0).long()
wrong, mended = embed(left)[0, 0], embed(left)[torch.arange(2), real.argmax(1)][0]
print("wrong token", left[0, 0].item(), "right token", left[0, real[0].argmax()].item())
assert torch.allclose(mended, alone[0, 0])
assert not torch.allclose(wrong, mended)

# %% [markdown]
# ## 6. `-100` in a CRF
#
# A cross-entropy leaves out -100; a CRF uses labels as indices, and Python counts -100 from the end. Replace it, and mask the step.

# %%
transitions, tags = torch.randn(200, 200), torch.tensor([1, -100, 2])
wrong = transitions[tags[:-1], tags[1:]].sum()  # transitions to and from tag 100, which nobody has
kept = tags[tags != -100]
mended = transitions[kept[:-1], kept[1:]].sum()
print("wrong", wrong.item(), "right", mended.item())
assert torch.allclose(mended, transitions[1, 2])
assert not torch.allclose(wrong, mended)

# %% [markdown]
# ## 7. Shifted twice
#
# Causal models of transformers shift the labels inside. Who shifts them before teaches the model to guess the token after the next.

# %%
text = torch.tensor([[1, 2, 3, 4]])
sure = F.one_hot(text.roll(-1, 1), 5) * 20.0  # a model that is always right about the next token


def inside(labels):
    return F.cross_entropy(sure[:, :-1].flatten(0, 1), labels[:, 1:].flatten()).item()


print("wrong", inside(text.roll(-1, 1)), "right", inside(text))
assert inside(text) < 1e-6
assert inside(text.roll(-1, 1)) > 1

# %% [markdown]
# ## 8. No causal mask
#
# A decoder that sees the next token copies it: the loss in training is near 0, and what it writes is noise.

# %%
attention = nn.MultiheadAttention(4, 1, batch_first=True)
changed = alone.clone()
changed[0, 2] += 1  # only the last token is another
ahead = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
seen = (attention(alone, alone, alone)[0] - attention(changed, changed, changed)[0])[0, 0].abs().max()
hidden = (
    (attention(alone, alone, alone, attn_mask=ahead)[0] - attention(changed, changed, changed, attn_mask=ahead)[0])[
        0, 0
    ]
    .abs()
    .max()
)
print("the first state moves by", seen.item(), "without the mask, by", hidden.item(), "with it")
assert seen > 1e-3
assert hidden < 1e-6

# %% [markdown]
# ## 9. A source mask forgotten
#
# The decoder attends to the padding of the source, so that a sentence is translated otherwise in another batch.

# %%
query, source = torch.randn(1, 1, 4), embed(ids[:1])
wrong = attention(query, source, source)[0]
mended = attention(query, source, source, key_padding_mask=mask[:1] == 0)[0]
right = attention(query, alone, alone)[0]
print("off by", (wrong - right).abs().max().item(), "and mended by", (mended - right).abs().max().item())
assert not torch.allclose(wrong, right, atol=1e-4)
assert torch.allclose(mended, right, atol=1e-6)

# %% [markdown]
# ## 10. Packed, sorted, and left sorted
#
# Older code sorts a batch by length to pack it, and forgets to put the answers back: row 0's answer is row 1's.

# %%
lengths, order = mask.sum(1).sort(descending=True)
packed = nn.utils.rnn.pack_padded_sequence(embed(ids)[order], lengths, batch_first=True)
answers = lstm(packed)[1][0][-1]  # (B, H) in sorted order
mended = answers[order.argsort()]
print("row 0:", answers[0].tolist(), "in place of", mended[0].tolist())
assert torch.allclose(mended[0], lstm(alone)[0][0, -1], atol=1e-6)
assert not torch.allclose(answers[0], mended[0], atol=1e-3)

# %% [markdown]
# ## 11. The padding id, typed by a user
#
# A mask made by `ids != pad_id` takes a real token for padding where the text holds that id (GPT-2's padding is its end of text). Make the
# mask where you pad, from lengths.

# %%
typed = torch.tensor([[5, 0, 7]])  # a real 0 in the middle
wrong, mended = (typed != 0).sum().item(), torch.ones_like(typed).sum().item()
print("tokens by the id:", wrong, "by the length:", mended)
assert (wrong, mended) == (2, 3)

# %% [markdown]
# ## 12. BatchNorm over padding
#
# Its mean and variance are over all steps of all rows, padding included: the statistics follow the padding, and with them every answer.
# Normalise over the units of a step (LayerNorm), or over real steps only.

# %%
norm, layer = nn.BatchNorm1d(4), nn.LayerNorm(4)
longer = torch.cat([ids, torch.zeros(2, 5, dtype=torch.long)], 1)
wrong = norm(embed(ids).transpose(1, 2))[0, :, 0] - norm(embed(longer).transpose(1, 2))[0, :, 0]
mended = layer(embed(ids))[0, 0] - layer(embed(longer))[0, 0]
print("the first token moves by", wrong.abs().max().item(), "and by", mended.abs().max().item())
assert wrong.abs().max() > 1e-3
assert mended.abs().max() < 1e-6

# %% [markdown]
# ## How hf_seq does it
#
# One value, made from the mask at the door, goes through every layer. Here is the test that its models pass with random weights: a text
# alone, in a batch padded right, and padded left.

# %%
from hf_seq import RecurrentConfig, RecurrentForSequenceClassification

config = RecurrentConfig(vocab_size=10, hidden_size=8, bidirectional=True, pooling="last", pad_token_id=0)
model = RecurrentForSequenceClassification(config).eval()
for parameter in model.parameters():
    nn.init.normal_(parameter)
with torch.no_grad():
    answer = model(input_ids=ids[:1, :3]).logits[0]
    in_batch = model(input_ids=ids, attention_mask=mask).logits[0]
    from_left = model(input_ids=left, attention_mask=real).logits[0]
print((answer - in_batch).abs().max().item(), (answer - from_left).abs().max().item())
assert torch.allclose(answer, in_batch, atol=1e-5)
assert torch.allclose(answer, from_left, atol=1e-5)
