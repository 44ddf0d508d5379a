"""The loss of an answer, with no more of the model's output than it takes."""

from __future__ import annotations

import inspect
from typing import Any

from libra_emo.students.multimodal.families import UNLEARNT


def answer_loss(model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
    """Return the summed cross-entropy of the answers in a batch, and how many tokens they have.

    The vocabulary's scores are computed from the first answer's place on alone: a clip is some
    4,000 tokens of which an answer is some 60, and scores take a vocabulary's width each.

    Args:
        model: Called with the batch; wrapped as it may be.
        batch: As `Family.collate` returns it, on the model's device.
    """
    import torch

    given = dict(batch)
    labels = given.pop("labels")
    learnt = (labels != UNLEARNT).any(dim=0).nonzero()
    # what is seen at a place tells the token after it
    start = int(learnt[0]) - 1 if len(learnt) else labels.shape[1] - 2
    places = torch.arange(start, labels.shape[1] - 1, device=labels.device)
    if _keeps_some(model):
        logits = model(**given, use_cache=False, logits_to_keep=places).logits
    else:
        logits = model(**given, use_cache=False).logits[:, places]
    targets = labels[:, start + 1 :]
    tokens = (targets != UNLEARNT).sum()
    if not len(learnt):
        return logits.float().sum() * 0.0, tokens
    loss = torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1), targets.flatten(), ignore_index=UNLEARNT, reduction="sum"
    )
    return loss, tokens


def _keeps_some(model: Any) -> bool:
    """Tell whether the model inside its wrappers takes the places whose scores are wanted."""
    from transformers import PreTrainedModel

    inner = next((part for part in model.modules() if isinstance(part, PreTrainedModel)), model)
    return "logits_to_keep" in inspect.signature(inner.forward).parameters
