"""What the collection needs of whatever reads pages and fetches films."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class FetchedFiles:
    """The files of a film as they were fetched.

    Attributes:
        video: File with the picture, and with the sound if `audio` is None.
        audio: File with the sound, where it is apart.
        subtitles: Files of subtitles by language.
    """

    video: Path
    audio: Path | None = None
    subtitles: Mapping[str, Path] = field(default_factory=dict)


class Fetcher(Protocol):
    """Reads pages, and fetches films."""

    def read_page(self, address: str) -> dict[str, Any]:
        """Return what a film's page says; nothing else is fetched.

        Raises:
            FetchError: If there is no such film, or it cannot be read.
        """

    def fetch(self, page: dict[str, Any], folder: Path) -> FetchedFiles:
        """Fetch a film with its subtitles into a folder; what is there already is continued.

        Args:
            page: Page of the film, as `read_page` returned it.
            folder: Folder for the files.

        Raises:
            FetchError: If that fails.
        """
