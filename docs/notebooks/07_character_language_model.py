# %% [markdown]
# # 7 A language model that writes characters
#
# It learns one thing: which character comes next. Everything else, words, quotes, line breaks, follows from that.

# %%
import math

import torch

import hf_seq
from hf_seq import teach

names = ["anna", "ben", "clara", "david", "emma", "felix", "greta", "henry"]
verbs, things = ["sees", "likes", "finds", "draws"], ["a cat", "the tree", "an old house", "two birds"]
text = "\n".join(f"{name} {verb} {thing} ." for _ in range(4) for name in names for verb in verbs for thing in things)
trained = hf_seq.train(
    [text], "lstm-lm", task="language-modeling", tokenizer_kind="char", hidden_size=64, num_train_epochs=8
)
print(trained)
print(trained.predictor.generate("emma ", max_new_tokens=60, seed=0))

# %% [markdown]
# ## What the score says
#
# Nats per character: the mean cost of the next character. Its exponential is how many characters the model hesitates between.

# %%
score = trained.score
print(f"{score:.3f} nats, {score / math.log(2):.3f} bits, hesitates between {math.exp(score):.2f} characters")
print(trained("anna sees a cat ."))
print(trained("cat anna a . sees"))
assert trained("anna sees a cat .")["nats_per_character"] < trained("cat anna a . sees")["nats_per_character"]

# %% [markdown]
# ## Temperature
#
# Divides the logits: below 1 the likely gets likelier, above 1 the text gets wilder, 0 always takes the likeliest.


# %%
def probabilities(logits, temperature):
    return (logits / temperature).softmax(-1)


for temperature in (0, 0.5, 1.0, 2.0):
    written = trained.predictor.generate("ben ", max_new_tokens=40, temperature=temperature, seed=1)
    print(temperature, repr(written))
teach.check("probabilities", probabilities)

# %% [markdown]
# ## At the boundaries: no prompt, letters it never saw, an empty text

# %%
print(repr(trained.predictor.generate("", max_new_tokens=20, seed=0)))
for odd in ("", "a", "ÄÖÜ"):
    print(repr(odd), trained(odd))

# %% [markdown]
# ## A bad result, looked into
#
# The model repeats itself. Is it unsure, or sure of the wrong thing? Look at the distribution after a prompt.

# %%
ids = torch.tensor([trained.tokenizer("anna se")["input_ids"]])
after = trained.model(input_ids=ids).logits[0, -1].softmax(-1).topk(3)
print(
    [
        (trained.tokenizer.decode([place]), round(share, 3))
        for share, place in zip(after.values.tolist(), after.indices.tolist())
    ]
)

# %% [markdown]
# The retest, on text it did not learn from: a score on the training text says how well it remembers.

# %%
new = "clara draws the tree ."
print("seen", trained(text[:500])["nats_per_character"], "new order", trained(new)["nats_per_character"])

# %% [markdown]
# ## Questions

# %%
# A model that knows nothing, over 50 characters: how many nats per character?
answer = math.log(50)
assert abs(answer - -math.log(1 / 50)) < 1e-9

# %%
# Does the state of an LSTM grow with the text that it has read?
answer = False
small, large = (
    trained.model(input_ids=torch.ones(1, n, dtype=torch.long), use_cache=True).past_key_values for n in (3, 300)
)
sizes = [
    sum(t.numel() for layer in cache.layers for t in vars(layer).values() if torch.is_tensor(t))
    for cache in (small, large)
]
assert answer == (sizes[1] > sizes[0])

# %%
# 1.4 nats per character: how many bits?
answer = 2.02
assert abs(answer - 1.4 / math.log(2)) < 0.01

# %% [markdown]
# ## Exercises

# %%
print(teach.check("perplexity", lambda nats: 2 ** (sum(nats) / len(nats))))
print(teach.check("perplexity", lambda nats: math.exp(sum(nats) / len(nats))))
print(teach.exercises()["until_end"])
