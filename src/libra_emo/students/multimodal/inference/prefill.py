"""Reading requests: which go together, and where what comes after them stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libra_emo.students.multimodal.families import Encoded, Family


def group_alike(
    encoded: Sequence[Encoded], family: Family, *kinds: Sequence[Any]
) -> list[list[int]]:
    """Return places that can be read together.

    Requests are of one length where the family does not know positions, since padding before the
    answer would move them.

    Args:
        encoded: The requests.
        family: Their model's.
        kinds: Further things that must be alike, one of each a request.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, item in enumerate(encoded):
        length = 0 if family.knows_positions else len(item)
        groups.setdefault((length, *(kind[place] for kind in kinds)), []).append(place)
    return list(groups.values())


def read_requests(
    model: Any, family: Family, some: Sequence[Encoded]
) -> tuple[dict[str, Any], Any]:
    """Return a batch as the model read it, and what it told of the next token, with its cache."""
    device = next(model.parameters()).device
    batch = {
        name: value.to(device) if hasattr(value, "to") else value
        for name, value in family.collate(some, "left").items()
        if name != "labels"
    }
    return batch, model(**batch, use_cache=True, logits_to_keep=1)


def later_places(places: Any, steps: Any) -> Any:
    """Return positions so many steps after the highest of each request.

    Args:
        places: Of shape (clips, tokens), or (3, clips, tokens) for time, height and width.
        steps: Of shape (new tokens,); 1 is the next one.
    """
    if places.dim() == 3:
        return (places.amax(dim=(0, 2))[:, None] + steps).expand(3, -1, -1)
    return places.amax(dim=1)[:, None] + steps
