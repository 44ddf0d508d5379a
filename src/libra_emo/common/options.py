"""What all options have in common: unknown keys are refused, and nothing changes them later."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


class Options(BaseModel):
    """Base of every group of options, of every file that a person edits, and of typed reports.

    A key that is not known is an error, and a value stays as it was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def _read_null(value: Any) -> Any:
    return math.nan if value is None else value


# A number of a report. JSON has no NaN, so a number that is not defined is null in the file.
Figure = Annotated[float, BeforeValidator(_read_null)]


def describe_error(error: ValidationError) -> str:
    """Return the first thing that is wrong as one line: `the.key: what is wrong`."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
