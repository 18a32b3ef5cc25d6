# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What people do without hf_seq: the tutorial's training loop, and a DistilBERT behind a pipeline."""

import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from transformers import DistilBertConfig, DistilBertForSequenceClassification, pipeline
from transformers.pipelines import Pipeline

from hf_seq.text import train_tokenizer

DISTILBERT_VOCABULARY = 30_522
HEADS = 12


class TutorialBiLSTM(nn.Module):
    """Embedding, `nn.LSTM`, the last step, a linear layer: padding is read as if it were text."""

    def __init__(self, vocab_size: int, embedding_size: int, units: int, num_labels: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=0)
        self.lstm = nn.LSTM(embedding_size, units, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(2 * units, num_labels)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Return (B, T) to (B, L)."""
        states, _ = self.lstm(self.dropout(self.embedding(input_ids)))
        return self.classifier(self.dropout(states[:, -1]))


def tutorial_training(
    rows: Sequence[Sequence[int]],
    labels: Sequence[int],
    vocab_size: int,
    embedding_size: int,
    units: int,
    batch_size: int,
) -> float:
    """Run one epoch of the tutorial's loop: every row padded to the longest, random batches, AdamW as it comes.

    Returns:
        Sequences per second.
    """
    width = max(map(len, rows))
    padded = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
    loader = DataLoader(TensorDataset(padded, torch.tensor(labels)), batch_size, shuffle=True)
    model = TutorialBiLSTM(vocab_size, embedding_size, units, max(labels) + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    return len(rows) / (time.perf_counter() - start)


def distilbert_pipeline(texts: Sequence[str], layers: int = 6, width: int = 768) -> Pipeline:
    """Make a pipeline of DistilBERT's shape (6 layers of 768, 66 M parameters); random weights are as fast."""
    config = DistilBertConfig(
        vocab_size=DISTILBERT_VOCABULARY, n_layers=layers, dim=width, hidden_dim=4 * width, n_heads=HEADS
    )
    tokenizer = train_tokenizer(texts, kind="wordpiece", vocab_size=DISTILBERT_VOCABULARY)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    model = DistilBertForSequenceClassification(config).eval()
    return pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
