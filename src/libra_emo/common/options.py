"""What all options have in common: unknown keys are refused, and nothing changes them later."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError


class Options(BaseModel):
    """Base of every group of options and of every file that a person edits.

    A key that is not known is an error, and a value stays as it was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def describe_error(error: ValidationError) -> str:
    """Return the first thing that is wrong as one line: `the.key: what is wrong`."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
