"""The base of all datasets that are one file."""

from __future__ import annotations

import json
import logging
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic, TypeVar

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from libra_emo.common.files import raise_if_disk
from libra_emo.common.integrity.beside import (
    describe_acceptance,
    new_checked_file,
    read_checked,
    renew_checksum,
)
from libra_emo.common.integrity.checksums import DamagedFileError, first_line
from libra_emo.datasets.recorded import is_recorded

In = TypeVar("In")
Out = TypeVar("Out")

logger = logging.getLogger(__name__)

PREVIEW_ROWS = 5
# what is said in films, what people and models wrote, and who they are: no preview shows it
PRIVATE_FIELDS = frozenset(
    {
        "subtitle",
        "translations",
        "explanation",
        "reply",
        "detail",
        "annotator",
        "decided_by",
        "by_person",
    }
)


class FileDataset(AbstractDataset[In, Out], Generic[In, Out]):
    """A dataset in one file. Subclasses define how it is written, read, and recognised as complete.

    The file's checksum lies beside it and is compared whenever the file is read. A file that DVC or
    git brought counts as whole if DVC's lock file records its content.

    Args:
        filepath: Path of the file; Kedro makes it absolute.
        preview: Whether kedro-viz may show the content; false for faces and subtitles.
        metadata: Metadata of the catalog entry, such as kedro-viz's layer. `preview: false` under
            `kedro-viz` means the same as the argument.
    """

    def __init__(
        self, *, filepath: str, preview: bool = True, metadata: dict[str, Any] | None = None
    ) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata if preview else _without_preview(metadata)

    def save(self, data: In) -> None:
        """Write the file beside its place, then move it there.

        Raises:
            DiskError: If the disk is full or not writable.
        """
        try:
            with self._open_new(self._filepath) as part:
                self._write(data, part)
        except OSError as error:
            raise_if_disk(error, self._filepath)
            raise

    def load(self) -> Out:
        """Return the content of the file.

        Raises:
            DamagedFileError: If the file is not as it was written.
        """
        return self._load_file()

    def check_file(self) -> None:
        """Check that the file is as it was written; one that is missing passes.

        Raises:
            DamagedFileError: If it is not.
        """
        if self._filepath.is_file():
            self._content()

    def _load_file(self) -> Out:
        content = self._content()
        try:
            return self._read(content)
        except ValueError as error:
            raise self._damage(first_line(error)) from error

    def _write(self, data: In, path: Path) -> None:
        raise NotImplementedError

    def _read(self, content: bytes) -> Out:
        raise NotImplementedError

    def _is_complete(self, content: bytes) -> bool:
        return len(content) > 0

    def _open_new(self, path: Path) -> AbstractContextManager[Path]:
        return new_checked_file(path)

    def _content(self) -> bytes:
        """Return the bytes of the file, checked."""
        try:
            return read_checked(self._filepath)
        except DamagedFileError as error:
            content = self._filepath.read_bytes()
            if not is_recorded(self._filepath, content):
                raise self._damage("its checksum differs") from error
            renew_checksum(self._filepath)
            return content

    def _damage(self, reason: str) -> DamagedFileError:
        """Return the error of a damaged file; with its path it can be set aside and made again."""
        path, advice = self._filepath, describe_acceptance(self._filepath)
        text = f"{path} is damaged: {reason}; `make run` makes it again{advice}"
        return DamagedFileError(text, path)

    def _exists(self) -> bool:
        return self._filepath.is_file() and self._is_whole()

    def _is_whole(self) -> bool:
        """Return whether the file is complete and undamaged; damage is logged."""
        try:
            return self._is_complete(self._content())
        except DamagedFileError as error:
            logger.warning("%s", error)
            return False

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}

    def _check_preview(self) -> None:
        """Check that the catalog permits a preview of the content.

        Raises:
            DatasetError: If it does not, as for faces and subtitles.
        """
        viz = (self.metadata or {}).get("kedro-viz") or {}
        if viz.get("preview") is False:
            raise DatasetError(f"{self._filepath.name}: the catalog permits no preview")


def _without_preview(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Return the metadata with the preview in kedro-viz switched off."""
    given = metadata or {}
    return {**given, "kedro-viz": {**(given.get("kedro-viz") or {}), "preview": False}}


def table_preview(table: pd.DataFrame) -> TablePreview:
    """Return the first rows of a table in the format of kedro-viz, without private columns."""
    shown = table.drop(columns=[name for name in table.columns if name in PRIVATE_FIELDS])
    rows = shown.head(PREVIEW_ROWS).to_json(orient="split", date_format="iso")
    return TablePreview(json.loads(rows))


def without_private(value: Any) -> Any:
    """Return what JSON can hold without private fields, at any depth."""
    if isinstance(value, dict):
        return {
            name: without_private(item)
            for name, item in value.items()
            if name not in PRIVATE_FIELDS
        }
    return [without_private(item) for item in value] if isinstance(value, list) else value
