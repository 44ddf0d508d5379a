"""Scores of a model on the clips held out, as it learns: all together, and label by label."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from libra_emo.students.multimodal.examples import Clips, open_example, read_turns
from libra_emo.students.multimodal.families import Family
from libra_emo.students.multimodal.inference.scoring import score_labels
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.losses import answer_loss


def build_scorer(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    family: Family,
    processor: Any,
    options: MultimodalOptions,
    labels: Sequence[str],
) -> Callable[[Any], dict[str, float]] | None:
    """Return what gives a model's scores on rows, or None where there are no rows.

    All processes call it together. Each takes its share of the rows, and as many as the others,
    since a model that is parted among them works only in step.
    """
    if not rows:
        return None
    processes, mine = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    share = math.ceil(len(rows) / processes)
    places = [mine + number * processes for number in range(share)]
    size = options.training.micro_batch_clips

    def score(model: Any) -> dict[str, float]:
        import torch

        found = []
        for start in range(0, share, size):
            chosen = places[start : start + size]
            found += _judge(model, [rows[p % len(rows)] for p in chosen])
        table = torch.tensor(found, dtype=torch.float64)
        table[[place >= len(rows) for place in places], 0] = -1  # done by another one as well
        return summarise(_gather(table, model, processes).numpy(), labels)

    def _judge(model: Any, some: Sequence[Mapping[str, Any]]) -> list[list[float]]:
        import torch

        examples = [open_example(row, shards, options) for row in some]
        device = next(model.parameters()).device
        told = []
        with torch.no_grad():
            for example, row in zip(examples, some, strict=True):
                encoded = family.encode(processor, example, example.answer)
                batch = {
                    name: value.to(device) if hasattr(value, "to") else value
                    for name, value in family.collate([encoded]).items()
                }
                loss, tokens = answer_loss(model, batch)
                truth = (read_turns(row)[1] or "").partition("\n")[0]
                told.append([float(labels.index(truth)), float(loss), float(tokens)])
            scores = np.asarray(score_labels(model, family, processor, examples, labels))
        return [[*line, float(row.argmax())] for line, row in zip(told, scores, strict=True)]

    return score


def summarise(table: np.ndarray, labels: Sequence[str]) -> dict[str, float]:
    """Return loss, accuracy, macro-F1, and recall and F1 of each label that occurs.

    Args:
        table: A row a clip: the place of its label (negative rows are passed over), its answer's
            summed loss, the answer's tokens, the place of the label that the model gave.
        labels: By their places.
    """
    table = table[table[:, 0] >= 0]
    truth, given = table[:, 0].astype(int), table[:, 3].astype(int)
    told = {
        "clips": float(len(table)),
        "loss": float(table[:, 1].sum() / max(1.0, table[:, 2].sum())),
        "accuracy": float((truth == given).mean()),
    }
    scores = []
    for place, label in enumerate(labels):
        right = float(((truth == place) & (given == place)).sum())
        there, said = float((truth == place).sum()), float((given == place).sum())
        if there:
            scores.append(2 * right / (there + said))
            told |= {f"recall/{label}": right / there, f"f1/{label}": scores[-1]}
        elif said:
            scores.append(0.0)
    return {**told, "macro_f1": float(np.mean(scores))}


def _gather(table: Any, model: Any, processes: int) -> Any:
    """Return the rows of all processes."""
    if processes == 1:
        return table
    import torch
    import torch.distributed as dist

    # a table of whole and half numbers; GPUs exchange what lies on them
    mine = table.to(next(model.parameters()).device)
    parts = [torch.zeros_like(mine) for _ in range(processes)]
    dist.all_gather(parts, mine)
    return torch.cat(parts).cpu()
