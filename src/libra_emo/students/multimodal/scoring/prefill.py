"""Prefill: the one reading of requests, and the positions of tokens that come after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libra_emo.students.multimodal.families import Encoded, Family


def group_alike(
    encoded: Sequence[Encoded], family: Family, *kinds: Sequence[Any]
) -> list[list[int]]:
    """Return groups of places of requests that can be read together.

    Requests of one group have one length where the family does not know positions, since padding
    before the answer would move them.

    Args:
        encoded: The requests.
        family: Family of their model.
        kinds: Further properties that must be alike, each with a value a request.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, item in enumerate(encoded):
        length = 0 if family.knows_positions else len(item)
        groups.setdefault((length, *(kind[place] for kind in kinds)), []).append(place)
    return list(groups.values())


def prefill(model: Any, family: Family, group: Sequence[Encoded]) -> tuple[dict[str, Any], Any]:
    """Return a batch of requests, and the model's output for it: next token and cache."""
    device = next(model.parameters()).device
    batch = {
        name: value.to(device) if hasattr(value, "to") else value
        for name, value in family.collate(group, "left").items()
        if name != "labels"
    }
    return batch, model(**batch, use_cache=True, logits_to_keep=1)


def later_positions(positions: Any, steps: Any) -> Any:
    """Return positions some steps after the highest of each request.

    Args:
        positions: Positions of shape (clips, tokens), or (3, clips, tokens) for time, height and
            width.
        steps: Steps of shape (new tokens,); 1 is the next position.
    """
    if positions.dim() == 3:
        return (positions.amax(dim=(0, 2))[:, None] + steps).expand(3, -1, -1)
    return positions.amax(dim=1)[:, None] + steps
