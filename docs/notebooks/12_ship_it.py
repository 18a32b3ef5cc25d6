# %% [markdown]
# # 12 Ship it
#
# A model is shipped when somebody else's program answers with it: without your code, at a known cost, with a card that says what it cannot do.

# %%
import json
import subprocess
import sys
from pathlib import Path

import hf_seq

trained = hf_seq.train(
    "builtin:reviews", "bilstm", max_train_rows=600, num_train_epochs=2, hidden_size=32, output="ship/model"
)
print(sorted(path.name for path in Path("ship/model").iterdir()))

# %% [markdown]
# ## It loads where hf_seq is not installed
#
# The model's code lies beside its weights. This runs in a program that cannot import hf_seq:

# %%
code = """
import sys
sys.modules["hf_seq"] = None
from transformers import pipeline
classify = pipeline("text-classification", model="ship/model", trust_remote_code=True, truncation=True)
print(classify("not bad at all"))
"""
done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
print(done.stdout or done.stderr[-500:])
assert done.returncode == 0

# %% [markdown]
# ## Costs
#
# Known before it is deployed: bytes, milliseconds for one text on one thread, texts a second.

# %%
record = trained.record
print(
    f"{record.bytes / 1e6:.2f} MB, {record.latency_ms['p50']:.2f} ms p50, {record.latency_ms['p95']:.2f} ms p95, {record.parameters:,} parameters"
)

# %% [markdown]
# ## What would go to the Hub
#
# `hf-seq push ship/model NAME --dry-run` writes the card and lists the files, and sends nothing.

# %%
shown = subprocess.run(
    [sys.executable, "-m", "hf_seq", "push", "ship/model", "ada/reviews-bilstm", "--dry-run"],
    capture_output=True,
    text=True,
)
print((shown.stdout or shown.stderr)[:900])
assert shown.returncode == 0

# %% [markdown]
# ## At the boundaries: an empty text, a very long one, a number, other scripts

# %%
for odd in ("", "bad " * 2000, "不错"):
    print(repr(odd[:12]), trained(odd))
try:
    trained(7)
except hf_seq.InputError as error:
    print("refused:", error)

# %% [markdown]
# ## A bad result, looked into: sure and wrong
#
# Confidence must mean something to whoever acts on it. Compare how sure it is with how often it is right, then fit a temperature on validation
# rows (`calibrate=True`): the retest.

# %%
calm = hf_seq.train("builtin:reviews", "bilstm", max_train_rows=600, num_train_epochs=2, hidden_size=32, calibrate=True)
print("temperature:", round(calm.record.calibration["temperature"], 3))
text = "the twists were neither sloppy nor glorious"
print(trained(text), calm(text))
assert trained(text)["label"] == calm(text)["label"]

# %% [markdown]
# ## Without torch
#
# With the extra `onnx`, `hf-seq export` writes files that numpy and onnxruntime answer with, each held against torch first; `hf-seq serve` puts them
# behind HTTP, and `--to page` makes a static page that answers in the browser. See [Out of the laboratory](../deployment.md).

# %%
import importlib.util

if importlib.util.find_spec("onnx") and importlib.util.find_spec("onnxruntime"):
    hf_seq.export("ship/model", "ship/exported")
    print(hf_seq.load("ship/exported")("not bad at all"), trained("not bad at all"))
    print(
        sorted(json.loads(Path("ship/exported/certificate.json").read_text()))[:6]
        if Path("ship/exported/certificate.json").is_file()
        else ""
    )
else:
    print("onnx is not installed here")

# %% [markdown]
# ## Questions

# %%
# Does who loads the model need hf_seq?
answer = False
assert answer == (done.returncode != 0)

# %%
# Where do the figures of a model card come from?
answer = "record.json"
assert (Path("ship/model") / answer).is_file()

# %%
# Does a temperature change which label is answered?
answer = False
assert answer == (trained(text)["label"] != calm(text)["label"])

# %% [markdown]
# ## Exercises

# %%
from hf_seq import teach

print(teach.exercises()["calibration_error"])
teach.check("calibration_error", lambda sure, right, bins: abs(sum(sure) - sum(right)) / len(sure))
