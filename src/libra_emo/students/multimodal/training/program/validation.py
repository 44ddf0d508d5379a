"""Scores of a model on the clips held out during training: all together, and by label."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from libra_emo.students.multimodal.examples import Clips, open_example, read_turns
from libra_emo.students.multimodal.families import Family
from libra_emo.students.multimodal.scoring.labels import score_labels
from libra_emo.students.multimodal.training.program.losses import answer_loss
from libra_emo.students.options import MultimodalOptions


def build_scorer(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    family: Family,
    processor: Any,
    options: MultimodalOptions,
    labels: Sequence[str],
) -> Callable[[Any], dict[str, float]] | None:
    """Return a function that scores a model on rows, or None where there are no rows.

    All processes call it together. Each takes its share of the rows, and all take the same number,
    since a model that is sharded over them works only in step.
    """
    if not rows:
        return None
    processes, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    share = math.ceil(len(rows) / processes)
    places = [rank + number * processes for number in range(share)]
    size = options.training.micro_batch_clips

    def score(model: Any) -> dict[str, float]:
        import torch

        found = []
        for start in range(0, share, size):
            chosen = places[start : start + size]
            found += _score_batch(model, [rows[place % len(rows)] for place in chosen])
        table = torch.tensor(found, dtype=torch.float64)
        table[[place >= len(rows) for place in places], 0] = -1  # another process has it, too
        return summarise(_gather(table, model, processes).numpy(), labels)

    def _score_batch(model: Any, batch: Sequence[Mapping[str, Any]]) -> list[list[float]]:
        import torch

        examples = [open_example(row, shards, options) for row in batch]
        device = next(model.parameters()).device
        lines = []
        with torch.no_grad():
            for example, row in zip(examples, batch, strict=True):
                encoded = family.encode(processor, example, example.answer)
                inputs = {
                    name: value.to(device) if hasattr(value, "to") else value
                    for name, value in family.collate([encoded]).items()
                }
                loss, tokens = answer_loss(model, inputs)
                truth = (read_turns(row)[1] or "").partition("\n")[0]
                lines.append([float(labels.index(truth)), float(loss), float(tokens)])
            scores = np.asarray(score_labels(model, family, processor, examples, labels))
        return [[*line, float(row.argmax())] for line, row in zip(lines, scores, strict=True)]

    return score


def summarise(table: np.ndarray, labels: Sequence[str]) -> dict[str, float]:
    """Return loss, accuracy, macro-F1, and recall and F1 of each label that occurs.

    Args:
        table: A row a clip: place of its label (negative rows are left out), summed loss of its
            answer, number of tokens of the answer, place of the predicted label.
        labels: Labels in the order of their places.
    """
    table = table[table[:, 0] >= 0]
    truth, predicted = table[:, 0].astype(int), table[:, 3].astype(int)
    summary = {
        "clips": float(len(table)),
        "loss": float(table[:, 1].sum() / max(1.0, table[:, 2].sum())),
        "accuracy": float((truth == predicted).mean()),
    }
    scores = []
    for place, label in enumerate(labels):
        hits = float(((truth == place) & (predicted == place)).sum())
        true, positive = float((truth == place).sum()), float((predicted == place).sum())
        if true:
            scores.append(2 * hits / (true + positive))
            summary |= {f"recall/{label}": hits / true, f"f1/{label}": scores[-1]}
        elif positive:
            scores.append(0.0)
    return {**summary, "macro_f1": float(np.mean(scores))}


def _gather(table: Any, model: Any, processes: int) -> Any:
    """Return the rows of all processes."""
    if processes == 1:
        return table
    import torch
    import torch.distributed as dist

    # GPUs exchange only tensors that lie on them
    own = table.to(next(model.parameters()).device)
    parts = [torch.zeros_like(own) for _ in range(processes)]
    dist.all_gather(parts, own)
    return torch.cat(parts).cpu()
