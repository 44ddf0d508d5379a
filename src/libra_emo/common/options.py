"""What all options have in common: unknown keys are refused, and nothing changes them later."""

from __future__ import annotations

import logging
import math
from functools import cache
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

logger = logging.getLogger(__name__)


class Options(BaseModel):
    """Base of every group of options, of every file that a person edits, and of typed reports.

    A key that is not known is an error, and a value stays as it was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class CampaignOptions(Options):
    """How many annotators answer for a clip, and how many of them must agree.

    Attributes:
        annotators_per_clip: How many annotators answer for each clip.
        threshold: How many equal answers make a label.
    """

    annotators_per_clip: int = Field(ge=1)
    threshold: int = Field(ge=1)

    @model_validator(mode="after")
    def _check_threshold(self) -> Self:
        if self.threshold > self.annotators_per_clip:
            raise ValueError(
                f"threshold {self.threshold} is above annotators_per_clip "
                f"{self.annotators_per_clip}; no clip could be decided"
            )
        return self


def _read_null(value: Any) -> Any:
    return math.nan if value is None else value


# A number of a report. JSON has no NaN, so a number that is not defined is null in the file.
Figure = Annotated[float, BeforeValidator(_read_null)]


def accept_old_name(values: Any, old: str, new: str) -> Any:
    """Return options in which a key with its old name has the new one; the log says so once.

    Args:
        values: Options as they were given, for a validator of mode `before`.
        old: Former name of the key.
        new: Present name of the key; if both are given, the old one stays and is refused.
    """
    if not isinstance(values, dict) or old not in values or new in values:
        return values
    _log_old_name(old, new)
    return {new if key == old else key: value for key, value in values.items()}


@cache
def _log_old_name(old: str, new: str) -> None:
    logger.warning("The parameter `%s` is now called `%s`; the old name still works.", old, new)


def describe_error(error: ValidationError) -> str:
    """Return the first thing that is wrong as one line: `the.key: what is wrong`."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
