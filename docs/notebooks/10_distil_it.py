# %% [markdown]
# # 10 Distil it in ten minutes
#
# A big model answers; a small one learns its answers, also on texts that nobody labelled (Hinton et al. 2015). Here the teacher is a transformer
# trained in this notebook; `hf_seq.distill("distilbert-of-yours", ...)` is the same with a real one.

# %%
import torch
from torch.nn import functional as F

import hf_seq
from hf_seq import load_splits, teach

teacher = hf_seq.train("builtin:reviews", "bilstm-attention", max_train_rows=2500, num_train_epochs=3, hidden_size=64)
print("teacher:", teacher)

# %% [markdown]
# The student has 150 labels, and 1,500 texts without any.

# %%
reviews = load_splits("builtin:reviews")
names, labels = reviews.label_names, reviews.train["label"]
few = {"text": reviews.train["text"][:150], "label": [names[each] for each in labels[:150]]}
test = {"text": reviews.test["text"][:500], "label": [names[each] for each in reviews.test["label"][:500]]}
data, more = {"train": few, "test": test}, reviews.train["text"][150:1650]
quick = {"num_train_epochs": 4, "hidden_size": 24}
student = hf_seq.distill(teacher, data, "gru", unlabelled_texts=more, augmented_rows=0, **quick)
alone = hf_seq.train(data, "gru", **quick)
print("student:", student.score, student.record.interval, "\nlabels alone:", alone.score, alone.record.interval)

# %% [markdown]
# ## Why it works
#
# A label says which one; a teacher says how sure, and what else it could be. A temperature makes that easier to see.

# %%
logits = torch.tensor([4.0, 2.0, -1.0])
for heat in (1, 2, 5):
    print(heat, (logits / heat).softmax(-1).tolist())


def distillation_loss(student, teacher, temperature):
    soft = (teacher / temperature).softmax(-1)
    return F.kl_div((student / temperature).log_softmax(-1), soft, reduction="batchmean") * temperature**2


teach.check("distillation_loss", distillation_loss)

# %% [markdown]
# ## At the boundaries: a teacher of other labels, no texts, a baseline as teacher

# %%
for name, call in {
    "other labels": lambda: hf_seq.distill(teacher, ([f"text {n}" for n in range(40)], ["up", "down"] * 20), "gru"),
    "texts that are one string": lambda: hf_seq.distill(teacher, data, "gru", unlabelled_texts="a text"),
    "a baseline": lambda: hf_seq.distill(hf_seq.train(data, "tfidf"), data, "gru"),
}.items():
    try:
        call()
        print(name, "was accepted")
    except hf_seq.InputError as error:
        print(f"{name}: {str(error)[:150]}")

# %% [markdown]
# ## A bad result, looked into
#
# A student that is far below its teacher: does it disagree where the teacher is right, or where it is unsure anyway?

# %%
texts = test["text"]
said, taught = (list(each.predict(texts)) for each in (student, teacher))
apart = [number for number in range(len(texts)) if said[number]["label"] != taught[number]["label"]]
sure = [taught[number]["score"] for number in apart]
print(
    f"they differ on {len(apart)} of {len(texts)}; there the teacher is {sum(sure) / max(len(sure), 1):.2f} sure on average"
)

# %% [markdown]
# The retest: more texts without labels are the first thing to try, before a bigger student.

# %%
fewer = hf_seq.distill(teacher, data, "gru", augmented_rows=0, **quick)
print("no further texts:", fewer.score, " 1,500 more:", student.score)

# %% [markdown]
# ## Questions

# %%
# Does the student need labels for the unlabelled texts?
answer = False
assert answer == (student.record.distillation["transfer_set"].get("unlabelled.txt") is None)

# %%
# What does a high temperature do to a distribution: "flatter" or "sharper"?
answer = "flatter"
assert (answer == "flatter") == ((logits / 5).softmax(-1).max() < logits.softmax(-1).max()).item()

# %%
# KL divergence of the student from a teacher that it equals:
answer = 0.0
assert abs(distillation_loss(logits[None], logits[None], 2.0).item() - answer) < 1e-6

# %% [markdown]
# ## Exercises

# %%
print(teach.exercises()["distillation_loss"])
teach.check("distillation_loss", lambda student, teacher, t: distillation_loss(student, teacher, t) / t**2)
