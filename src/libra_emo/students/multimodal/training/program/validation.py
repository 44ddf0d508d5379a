"""Scores of a model on the clips held out during training: all together, and by label."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from libra_emo.media.shards import read_ahead
from libra_emo.students.errors import EncodingError, StudentError
from libra_emo.students.multimodal.examples import Clips, Example, open_example
from libra_emo.students.multimodal.families import Family
from libra_emo.students.multimodal.scoring.labels import score_labels
from libra_emo.students.multimodal.training.program.losses import answer_loss
from libra_emo.students.options import MultimodalOptions

_NOT_COUNTED = -1

logger = logging.getLogger(__name__)


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
    opener = _Opener(rows, family, processor, options)

    def score(model: Any) -> dict[str, float]:
        import torch

        found = []
        own = [rows[place % len(rows)] for place in places]
        with read_ahead(shards, [row["clip_id"] for row in own]) as source:
            for start in range(0, share, size):
                found += _score_batch(model, own[start : start + size], source)
        table = torch.tensor(found, dtype=torch.float64)
        # another process has them, too
        table[[place >= len(rows) for place in places], 0] = _NOT_COUNTED
        return summarise(_gather(table, model, processes).numpy(), labels)

    def _score_batch(
        model: Any, batch: Sequence[Mapping[str, Any]], source: Clips
    ) -> list[list[float]]:
        import torch

        opened = [opener.open(row, source) for row in batch]
        device = next(model.parameters()).device
        lines = []
        with torch.no_grad():
            for example, learnable in opened:
                encoded = family.encode(processor, example, example.answer)
                inputs = {
                    name: value.to(device) if hasattr(value, "to") else value
                    for name, value in family.collate([encoded]).items()
                }
                loss, tokens = answer_loss(model, inputs)
                truth = (example.answer or "").partition("\n")[0]
                place = labels.index(truth) if learnable else _NOT_COUNTED
                lines.append([float(place), float(loss), float(tokens)])
            examples = [example for example, _ in opened]
            scores = np.asarray(score_labels(model, family, processor, examples, labels))
        return [[*line, float(row.argmax())] for line, row in zip(lines, scores, strict=True)]

    return score


class _Opener:
    """Opens examples; for one that cannot be encoded another takes its place, and counts not.

    A process that left a clip out would fall out of step with the others.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        family: Family,
        processor: Any,
        options: MultimodalOptions,
    ) -> None:
        self._rows, self._options = rows, options
        self._family, self._processor = family, processor
        self._refused: set[str] = set()

    def open(self, row: Mapping[str, Any], source: Clips) -> tuple[Example, bool]:
        """Return an example, and whether it is that of the row."""
        found = self._try(row, source)
        if found is not None:
            return found, True
        for other in self._rows:
            found = self._try(other, source)
            if found is not None:
                return found, False
        raise StudentError("none of the clips held out can be encoded; see the program's log")

    def _try(self, row: Mapping[str, Any], source: Clips) -> Example | None:
        if row["clip_id"] in self._refused:
            return None
        example = open_example(row, source, self._options)
        try:
            self._family.encode(self._processor, example, example.answer)
        except EncodingError as error:
            self._refused.add(str(row["clip_id"]))
            logger.warning("not scored: %s", error)
            return None
        return example


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
