"""The loss of answers, computed without the scores of tokens that are not learnt."""

from __future__ import annotations

import inspect
from typing import Any

from libra_emo.students.multimodal.families import UNLEARNT


def answer_loss(model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
    """Return the summed cross-entropy of the answers in a batch, and their number of tokens.

    Logits are computed from the beginning of the first answer on alone. A clip has some 4,000
    tokens, of which an answer is some 60, and the logits of each are as wide as the vocabulary.

    Args:
        model: The model, wrapped or not.
        batch: A batch of `Family.collate`, on the model's device.
    """
    import torch

    inputs = dict(batch)
    labels = inputs.pop("labels")
    learnt = (labels != UNLEARNT).any(dim=0).nonzero()
    # the logits at a place predict the token after it
    start = int(learnt[0]) - 1 if len(learnt) else labels.shape[1] - 2
    places = torch.arange(start, labels.shape[1] - 1, device=labels.device)
    if _takes_places(model):
        logits = model(**inputs, use_cache=False, logits_to_keep=places).logits
    else:
        logits = model(**inputs, use_cache=False).logits[:, places]
    targets = labels[:, start + 1 :]
    tokens = (targets != UNLEARNT).sum()
    if not len(learnt):
        return logits.float().sum() * 0.0, tokens
    loss = torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1), targets.flatten(), ignore_index=UNLEARNT, reduction="sum"
    )
    return loss, tokens


def _takes_places(model: Any) -> bool:
    """Return whether the model inside its wrappers takes the places whose logits are wanted."""
    from transformers import PreTrainedModel

    inner = next((part for part in model.modules() if isinstance(part, PreTrainedModel)), model)
    return "logits_to_keep" in inspect.signature(inner.forward).parameters
