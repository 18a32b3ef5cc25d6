# %% [markdown]
# # 6 Encoder and decoder: masks, teacher forcing, beam search
#
# One network reads the source, another writes the target, a token at a time, looking back at the source by attention.

# %%
import torch

import hf_seq
from hf_seq import teach

numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
digits = dict(zip(numbers, "123456789"))
pairs = [(f"{a} {b} {c}", f"{digits[c]} {digits[b]} {digits[a]}") for a in numbers for b in numbers for c in numbers]
data = {"source": [source for source, _ in pairs], "target": [target for _, target in pairs]}
trained = hf_seq.train(data, "lstm-seq2seq", task="seq2seq", num_train_epochs=6, hidden_size=48, tokenizer_kind="word")
print(trained)
print(trained("two nine five"))

# %% [markdown]
# ## Teacher forcing
#
# In training the decoder does not read what it wrote, but the right tokens, one step late: the labels shifted right.


# %%
def shift_right(labels, start):
    return [start, *labels[:-1]] if labels else []


print(shift_right([7, 8, 9, 2], 1))
teach.check("shift_right", shift_right)

# %% [markdown]
# ## Two masks
#
# The decoder must not see the future (causal mask; an LSTM cannot), and nobody may see padding: of the source in attention, of the target in
# the loss. The test: a sentence in a batch with longer ones is written as it is alone.

# %%
one = trained("two nine five")
many = list(trained.predict(["two nine five", "one", "three three three"]))
print(one, many)
assert one == many[0]

# %% [markdown]
# ## Beam search
#
# Greedy writing takes the likeliest token at each step. A beam keeps the best few texts; its score is their log-likelihood.


# %%
def best_beams(totals, log_probs, beams):
    scores = (totals[:, None] + log_probs).flatten()
    return [divmod(place, log_probs.shape[1]) for place in scores.topk(beams).indices.tolist()]


teach.check("best_beams", best_beams)

# %%
model, tokenizer = trained.model, trained.tokenizer
inputs = tokenizer("two nine five", return_tensors="pt")
for beams in (1, 4):
    written = model.generate(
        input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], num_beams=beams, max_new_tokens=8
    )
    print(beams, tokenizer.decode(written[0], skip_special_tokens=True))

# %% [markdown]
# ## At the boundaries: nothing to read, unknown words, more words than ever seen

# %%
for odd in ("", "zwei nine", "one two three four five six seven"):
    print(repr(odd), trained(odd))

# %% [markdown]
# ## A bad result, looked into
#
# Compare with `nearest`, which answers with the target of the most similar training source. A model that is worse has learned less than to look
# things up. Then read what it wrote beside what was wanted.

# %%
floor = hf_seq.train(data, "nearest", task="seq2seq")
print("nearest:", floor.record.metric, floor.score, " model:", trained.score)
for source, target in pairs[100:103]:
    print(source, "→", trained(source), "wanted", target)

# %% [markdown]
# The retest after more epochs:

# %%
longer = hf_seq.train(data, "lstm-seq2seq", task="seq2seq", num_train_epochs=12, hidden_size=48, tokenizer_kind="word")
print(trained.score, "→", longer.score)
assert longer.score >= trained.score - 5

# %% [markdown]
# ## Questions

# %%
# Labels are 4 tokens and the end. How many tokens does the decoder read in training?
answer = 5
assert answer == len(shift_right([1, 2, 3, 4, 5], 0))

# %%
# Two beams, a vocabulary of 10: among how many continuations does a step choose?
answer = 20
assert answer == torch.zeros(2, 10).numel()

# %%
# Written "the the the", reference "the cat": how many words count as right for BLEU-1?
answer = 1
assert answer == hf_seq.teach.checking.EXERCISES["clipped_matches"].answer(["the"] * 3, ["the", "cat"])

# %% [markdown]
# ## Exercises

# %%
for name in ("shift_right", "until_end", "best_beams", "clipped_matches"):
    print(name, "·", teach.exercises()[name])
