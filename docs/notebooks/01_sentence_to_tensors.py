# %% [markdown]
# # 1 From a sentence to tensors
#
# A model reads numbers. This is the way from a text to a tensor and back, with what goes wrong on it.

# %%
import torch

from hf_seq import InputError, teach, train_tokenizer

texts = ["Not bad at all", "a waste of time", "not my time , at all", "bad bad film"]
tokenizer = train_tokenizer(texts, kind="word", vocab_size=50)
ids = tokenizer("not bad at all")["input_ids"]
print(ids, tokenizer.convert_ids_to_tokens(ids))

# %% [markdown]
# The tokenizer cut the text into words, in lower case, and looked each up. `train_tokenizer` counted the words of *train* texts only: a word
# that only the test has must be unknown, as it will be in life.
#
# ## A batch
#
# Rows of a tensor are equally long, so short ones are filled up. The attention mask says what is real.

# %%
batch = tokenizer(texts, padding=True, return_tensors="pt")
print(batch["input_ids"], batch["attention_mask"], sep="\n")
assert batch["input_ids"].shape == batch["attention_mask"].shape == (4, 6)

# %% [markdown]
# From ids to vectors: an embedding is a table with a row for each id, and looking up equals multiplying by a one-hot vector.

# %%
table = torch.nn.Embedding(len(tokenizer), 4)
looked_up = table(batch["input_ids"])  # (B, T, E)
one_hot = torch.nn.functional.one_hot(batch["input_ids"], len(tokenizer)).float()  # (B, T, V)
assert torch.allclose(looked_up, one_hot @ table.weight)
print(looked_up.shape)

# %% [markdown]
# ## At the boundaries

# %%
for odd in ("", "grief", "NOT", "not  bad\n", "🙂 bad"):
    print(repr(odd), tokenizer.convert_ids_to_tokens(tokenizer(odd)["input_ids"]))
try:
    train_tokenizer([], kind="word", vocab_size=50)
except InputError as error:
    print("no texts:", error)

# %% [markdown]
# ## A bad result, looked into
#
# If a model is bad on new texts, count the unknown tokens first: it cannot learn from what it cannot read.

# %%
new = ["a good movie about friendship", "not bad"]
unknown = [[token for token in tokenizer.tokenize(text) if token == tokenizer.unk_token] for text in new]
print([f"{len(missing)} of {len(tokenizer.tokenize(text))} unknown" for missing, text in zip(unknown, new)])

# %% [markdown]
# Pieces of words know more: the same texts, cut by byte-pair encoding. Here is the retest.

# %%
pieces = train_tokenizer(texts * 3 + ["movie friends good about"], kind="bpe", vocab_size=320)
print(pieces.tokenize(new[0]))
assert pieces.unk_token not in pieces.tokenize("a good movie about time")

# %% [markdown]
# ## Questions
#
# Change an answer and run the cell: it fails when the answer is wrong.

# %%
# How many tokens of padding does the batch hold?
answer = 7
assert answer == (batch["attention_mask"] == 0).sum().item()

# %%
# Which id fills the rows?
answer = tokenizer.pad_token_id
assert (batch["input_ids"][batch["attention_mask"] == 0] == answer).all()

# %%
# Do "Not" and "not" have the same id in this tokenizer?
answer = True
assert answer == (tokenizer("Not")["input_ids"] == tokenizer("not")["input_ids"])

# %% [markdown]
# ## Exercises
#
# Write each function, and hand it over. What stands here is right; break it to see what `check` says.


# %%
def words(text):
    return text.lower().split()


teach.check("words", words)


# %%
def pad(rows, pad_id):
    longest = max((len(row) for row in rows), default=0)
    return [list(row) + [pad_id] * (longest - len(row)) for row in rows]


teach.check("pad", pad)

# %%
print(teach.check("words", str.split))
for name in ("vocabulary", "encode", "mask_of_lengths", "one_hot"):
    print(name, "·", teach.exercises()[name])
