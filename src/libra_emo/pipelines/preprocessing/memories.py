"""What this machine remembers of films, so that a film that nobody touched is not read again.

All of it may be removed at any time, which costs the time of reading everything once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import FileMemory

# checksums of clip files, shards and subtitles, and which clips are in a shard
CHECKED_FILMS = ".checked_films.json"
# digests of shards
CHECKED_SHARDS = ".checked_shards.json"
# rows of the sources
LISTED_FILMS = ".listed_films.memory"
FILM_RECORDS = ".film_records.memory"
SOURCE_RECORDS = ".source_records.memory"
FEATURE_RECORDS = ".feature_records.memory"


@dataclass(frozen=True)
class CuttingMemories:
    """What is remembered of films that were cut.

    Attributes:
        files: Checksums of their files.
        films: Their records.
        sources: Records of their rows of the sources.
    """

    files: FileMemory
    films: ContentMemory
    sources: ContentMemory

    @classmethod
    def beside(cls, records: Path) -> CuttingMemories:
        """Return the memories beside a folder of records."""
        return cls(
            FileMemory(records.with_name(CHECKED_FILMS)),
            ContentMemory(records.with_name(FILM_RECORDS)),
            remember_records(records),
        )

    def save(self) -> None:
        """Write what was used."""
        self.files.save()
        self.films.save()
        self.sources.save()


def remember_records(records: Path | None) -> ContentMemory:
    """Return the memory of the rows of the sources of films that were cut.

    Args:
        records: Folder of the records; without one, nothing is remembered.
    """
    return ContentMemory(records.absolute().with_name(SOURCE_RECORDS) if records else None)
