# %% [markdown]
# # 9 Fine-tune a pretrained transformer on your data
#
# A pretrained model has read much text; fine-tuning teaches it your labels from few. This runs without a network, so first a small encoder is
# pretrained here, on text without labels. With a network, write `hf_seq.train(data, "distilbert")`: the rest is the same.

# %%
import hf_seq
from hf_seq import load_splits

reviews = load_splits("builtin:reviews")
unlabelled = reviews.train["text"][:1500]
encoder = hf_seq.train(unlabelled, task="masked-language-modeling", hidden_size=64, num_train_epochs=3)
print(encoder)

# %% [markdown]
# It learned to guess hidden words from both sides. Now 200 labels, from that start and from nothing:

# %%
few = {
    "text": reviews.train["text"][:200],
    "label": [reviews.label_names[each] for each in reviews.train["label"][:200]],
}
test = {
    "text": reviews.test["text"][:400],
    "label": [reviews.label_names[each] for each in reviews.test["label"][:400]],
}
data = {"train": few, "test": test}
tuned = hf_seq.train(data, encoder, num_train_epochs=4)
scratch = hf_seq.train(data, "transformer", hidden_size=64, num_train_epochs=4)
print("fine-tuned", tuned.score, tuned.record.interval, "\nfrom scratch", scratch.score, scratch.record.interval)

# %% [markdown]
# Look at the intervals before you believe the difference; `hf_seq.compare` tests it on the same rows, with seeds.
#
# ## At the boundaries: one label, labels the test alone has, texts longer than the model reads

# %%
for name, wrong in {
    "one label": (few["text"], ["same"] * 200),
    "not as many labels as texts": (few["text"], few["label"][:50]),
    "a label that train lacks": {"train": few, "test": (["fine"], ["lukewarm"])},
}.items():
    try:
        hf_seq.train(wrong, "tfidf")
        print(name, "was accepted")
    except hf_seq.InputError as error:
        print(f"{name}: {str(error)[:170]}")
print(tuned("not bad " * 400))

# %% [markdown]
# ## A bad result, looked into
#
# Fine-tuning that diverges or forgets has too high a learning rate most of the time. Here is one, and the retest with the usual one.

# %%
for rate in (3e-2, 5e-4):
    found = hf_seq.train(data, encoder, num_train_epochs=4, learning_rate=rate)
    print(
        f"learning rate {rate:g}: accuracy {found.score:.1f}, validation loss {found.record.curve[-1]['eval_loss']:.2f}"
    )

# %% [markdown]
# ## Questions

# %%
# Which tokenizer does a fine-tuned model need: its own, or one trained on your data?
answer = "its own"
assert (answer == "its own") == (tuned.tokenizer.get_vocab() == encoder.tokenizer.get_vocab())

# %%
# Does fine-tuning change the weights of the encoder here?
answer = True
first = next(iter(encoder.model.state_dict()))
shared = [name for name in tuned.model.state_dict() if name in encoder.model.state_dict()]
assert answer == any(not tuned.model.state_dict()[name].equal(encoder.model.state_dict()[name]) for name in shared)

# %%
# How many of the test rows chose the epoch that was kept?
answer = 0
assert answer == 0 and tuned.record.split == "test"

# %% [markdown]
# ## Exercises

# %%
from hf_seq import teach

print(teach.check("macro_f1", lambda gold, predicted: sum(a == b for a, b in zip(gold, predicted)) / len(gold)))
print(teach.exercises()["accuracy"])
