"""The schema of a reply: an object with a label out of the permitted ones, and an explanation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def build_response_format(labels: Iterable[str], cannot_tell: str) -> dict[str, Any]:
    """Return the `response_format` by which a reply is requested, as OpenAI and litellm spell it.

    An enum forces a label out of a model that would refuse, so that it also offers an answer for
    that. The order is the same for every clip: providers compile each new schema anew.

    Args:
        labels: Permitted labels.
        cannot_tell: Answer that stands for none of them.
    """
    fields = {
        "emotion": {"type": "string", "enum": [*labels, cannot_tell]},
        "explanation": {"type": "string"},
    }
    schema = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "emotion", "strict": True, "schema": schema},
    }
