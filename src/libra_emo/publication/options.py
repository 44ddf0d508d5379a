"""Options of a release."""

from __future__ import annotations

import datetime
import re
from typing import Final

from pydantic import Field, field_validator

from libra_emo.common.licensing.terms import read_licences
from libra_emo.common.options import Options

# Semantic Versioning 2.0.0, without build metadata, which order no versions
_VERSION: Final = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?"
)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class PublicationOptions(Options):
    """What a release is called, and who publishes it.

    Attributes:
        name: Short name, for file names and addresses: letters, digits, _ and -.
        title: Title in words.
        version: Version by Semantic Versioning, such as 1.0.0.
        date: Date of the release.
        creators: Who made it.
        url: Address where people find it.
        license: SPDX identifier of the licence of labels, votes, explanations and cards. The clips
            keep the licences of their films.
        contact: Where people write who want a film or their votes removed.
    """

    name: str = "libra_emo"
    title: str = Field(default="Emotions in film clips", min_length=1)
    version: str = "0.1.0"
    date: datetime.date = datetime.date(2026, 11, 30)
    creators: tuple[str, ...] = Field(default=("The libra_emo authors",), min_length=1)
    url: str = Field(default="https://example.org/libra_emo", pattern=r"^https?://\S+$")
    license: str = "CC-BY-4.0"
    contact: str = Field(default="the page of the dataset", min_length=1)

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"must have only letters, digits, _ and -, not {name!r}")
        return name

    @field_validator("version")
    @classmethod
    def _check_version(cls, version: str) -> str:
        if not _VERSION.fullmatch(version):
            raise ValueError(f"must be a version such as 1.0.0 (Semantic Versioning): {version!r}")
        return version

    @field_validator("license")
    @classmethod
    def _check_license(cls, license: str) -> str:
        if license not in read_licences():
            raise ValueError(f"must be one of {', '.join(read_licences())}, not {license!r}")
        return license
