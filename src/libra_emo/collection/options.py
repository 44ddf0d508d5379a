"""Options of the collection."""

from __future__ import annotations

from typing import Self

from pydantic import Field, field_validator, model_validator

from libra_emo.common.licensing.terms import read_licences
from libra_emo.common.options import Options


class CollectionTargets(Options):
    """How many films are wanted; a film beyond a number waits.

    Attributes:
        themes: Number of films by theme; a theme that is not named has no limit.
        languages: Number of films by language.
    """

    themes: dict[str, int] = Field(default_factory=dict)
    languages: dict[str, int] = Field(default_factory=dict)

    @field_validator("themes", "languages")
    @classmethod
    def _check_numbers(cls, numbers: dict[str, int]) -> dict[str, int]:
        wrong = [name for name, number in numbers.items() if number < 0]
        if wrong:
            raise ValueError(f"{wrong[0]}: a number of films must not be negative")
        return numbers


class CollectionOptions(Options):
    """What is collected, and how.

    Attributes:
        addresses: CSV file with a column `address`, and `theme` and `language` if wanted.
        subtitles: Languages of subtitles that are fetched.
        automatic_subtitles: Whether subtitles count that a machine wrote.
        allowed_licenses: SPDX identifiers; None permits each licence that permits excerpts.
        refused_again: Whether films that were refused are asked about again.
        targets: How many films are wanted.
        min_wait_seconds: Shortest pause between two films.
        max_wait_seconds: Longest pause.
        max_height: Largest height of the picture that is fetched, in pixels.
        attempts: How often a broken transfer is tried.
        cookies: File with cookies in Netscape's form; None sends none.
    """

    addresses: str = Field(default="data/01_raw/film_addresses.csv", min_length=1)
    subtitles: tuple[str, ...] = ("en", "zh")
    automatic_subtitles: bool = False
    allowed_licenses: tuple[str, ...] | None = None
    refused_again: bool = False
    targets: CollectionTargets = CollectionTargets()
    min_wait_seconds: float = Field(default=5.0, ge=0)
    max_wait_seconds: float = Field(default=10.0, ge=0)
    max_height: int = Field(default=1080, ge=1)
    attempts: int = Field(default=3, ge=1)
    cookies: str | None = None

    @field_validator("allowed_licenses")
    @classmethod
    def _check_licences(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        unknown = [name for name in names or () if name not in read_licences()]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(read_licences())}")
        return names

    @model_validator(mode="after")
    def _check_waits(self) -> Self:
        if self.min_wait_seconds > self.max_wait_seconds:
            raise ValueError(
                f"min_wait_seconds {self.min_wait_seconds} is above max_wait_seconds "
                f"{self.max_wait_seconds}"
            )
        return self
