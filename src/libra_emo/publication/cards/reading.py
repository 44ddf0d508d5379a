"""The files of a release, read back; the cards know nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.contents import CONTENTS
from libra_emo.publication.release.parquet import read_table
from libra_emo.publication.release.tables import CLIP_COLUMNS
from libra_emo.taxonomy import Taxonomy

CERTIFICATE: Final = "certificate.json"
TAXONOMY: Final = "taxonomy.json"


class Release:
    """A release folder, whose files are read when they are first asked for.

    Args:
        folder: The folder.

    Raises:
        ReleaseError: If it is not a release, or a file of it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, pd.DataFrame] = {}
        self.contents: Mapping[str, Any] = self.read_json(CONTENTS)

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file."""
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReleaseError(f"{self.folder / name}: cannot be read as JSON: {error}") from error

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels."""
        return Taxonomy.model_validate(self.read_json(TAXONOMY))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; `clips` has no files of clips, and is joined from all shards."""
        if name not in self._tables:
            self._tables[name] = self._read_clips() if name == "clips" else self._read(name)
        return self._tables[name]

    def shards(self) -> list[str]:
        """Return the names of all shards, as the list of contents has them."""
        return [name for film in self.contents["films"] for name in film["files"]]

    def _read_clips(self) -> pd.DataFrame:
        parts = [self._load(name, list(CLIP_COLUMNS)) for name in self.shards()]
        empty = pd.DataFrame(columns=list(CLIP_COLUMNS))
        return pd.concat(parts, ignore_index=True) if parts else empty

    def _read(self, name: str) -> pd.DataFrame:
        return self._load(f"tables/{name}.parquet", None)

    def _load(self, name: str, columns: list[str] | None) -> pd.DataFrame:
        import pyarrow as pa

        try:
            return read_table(self.folder / name, columns)
        except (OSError, ValueError, pa.ArrowException) as error:
            line = (str(error).splitlines() or ["?"])[0]
            raise ReleaseError(f"{self.folder / name}: cannot be read: {line}") from error
