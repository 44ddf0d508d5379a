"""The annotation store as a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

if TYPE_CHECKING:
    from libra_emo.annotation.store import VoteStore

SQLITE_FILE = "sqlite:///"


class VoteStoreDataset(AbstractDataset[NoReturn, "VoteStore"]):
    """The store of the annotators' votes; it always counts as existing, since it may be empty.

    Args:
        credentials: `{"url": <SQLAlchemy URL>}`, or the URL alone.
        path: Folder of a relative SQLite file; Kedro makes it absolute.
        metadata: Metadata of the catalog entry.
    """

    def __init__(
        self,
        *,
        credentials: dict[str, str] | str,
        path: str = ".",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        url = credentials if isinstance(credentials, str) else credentials["url"]
        self._url = _from(Path(path), url)
        self.metadata = metadata

    def load(self) -> VoteStore:
        """Return the store; its database is created on first use."""
        from libra_emo.annotation.store import VoteStore

        return VoteStore(self._url)

    def save(self, data: NoReturn) -> None:
        """Raise an error, since votes are added to the store one by one.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError("votes are added to the store one by one; it cannot be saved as a whole")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        # the URL is left out, since it may hold a password
        return {"kind": self._url.split(":", 1)[0]}


def _from(folder: Path, url: str) -> str:
    """Return the URL with a relative SQLite file put into the folder."""
    name = url.removeprefix(SQLITE_FILE)
    if name == url or name in ("", ":memory:") or name.startswith(("/", "file:")):
        return url
    return f"{SQLITE_FILE}{(folder / name).as_posix()}"
