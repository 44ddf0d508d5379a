"""The catalog's files that are there and up to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import CatalogProtocol

from libra_emo.datasets import dataset_path

if TYPE_CHECKING:
    import pandas as pd

LOCAL_PAGES = ("failures_page", "examples_page")
"""Pages with faces and words of films, which stay on this machine."""


@dataclass(frozen=True)
class CurrentFiles:
    """The catalog's files, without those that are out of date.

    Attributes:
        catalog: Catalog that describes the files.
        stale: Files and folders that exist and are out of date, such as the rounds of another loop.
    """

    catalog: CatalogProtocol[Any, Any]
    stale: frozenset[Path] = frozenset()

    def has(self, name: str) -> bool:
        """Return whether a dataset exists and is up to date."""
        return (
            name in self.catalog
            and self.catalog.exists(name)
            and self.is_current(self.path_of(name))
        )

    def path_of(self, name: str) -> Path:
        """Return the path of a dataset.

        Raises:
            ValueError: If it has none.
        """
        path = dataset_path(self.catalog.get(name))
        if path is None:
            raise ValueError(f"{name} of the catalog has no file")
        return path

    def read_table(self, name: str) -> pd.DataFrame | None:
        """Return a table, or None where it is missing or out of date."""
        table: pd.DataFrame | None = self.catalog.load(name) if self.has(name) else None
        return table

    def is_current(self, path: Path) -> bool:
        """Return whether a path is up to date: neither it nor a folder above it is stale."""
        return not self.stale.intersection([path, *path.parents])

    def list_reports(self, folder: Path) -> list[Path]:
        """Return the files below a folder that are up to date, without hidden and local ones."""
        local = {self.path_of(name) for name in LOCAL_PAGES if name in self.catalog}
        return sorted(
            path
            for path in folder.rglob("*")
            if path.is_file()
            and not path.name.startswith(".")
            and path not in local
            and self.is_current(path)
        )
