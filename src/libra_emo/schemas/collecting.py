"""The tables of collected films and of what was read of their licences."""

from __future__ import annotations

import pandera.pandas as pa

from libra_emo.schemas.base import Table

COLLECTION_STATUSES = ("fetched", "refused", "failed", "waiting")


class CollectedFilms(Table):
    """One row an address of the list; `reason` says why there is no film."""

    address: str = pa.Field(unique=True)
    status: str = pa.Field(isin=COLLECTION_STATUSES)
    reason: str = pa.Field(nullable=True)
    title: str = pa.Field(nullable=True)
    author: str = pa.Field(nullable=True)
    license_text: str = pa.Field(nullable=True)  # as the film's page has it
    license: str = pa.Field(nullable=True)  # SPDX identifier
    read_on: str = pa.Field(nullable=True)  # day on which the licence was read
    info_sha256: str = pa.Field(nullable=True)  # digest of what was read
    theme: str = pa.Field(nullable=True)
    language: str = pa.Field(nullable=True)
    duration_s: float = pa.Field(nullable=True, ge=0)
    file: str = pa.Field(nullable=True)
    sha256: str = pa.Field(nullable=True)  # of the film's file
    subtitles: str = pa.Field(nullable=True)  # languages, separated by spaces
    fetched_on: str = pa.Field(nullable=True)


class LicenceReadings(Table):
    """One row a collected film: its licence when a release was prepared, and why it is held."""

    sha256: str
    address: str
    license_text: str = pa.Field(nullable=True)
    read_on: str = pa.Field(nullable=True)
    info_sha256: str = pa.Field(nullable=True)
    held: str = pa.Field(nullable=True)
