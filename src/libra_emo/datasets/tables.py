"""Tables in Parquet and CSV, checked against their schema when saved and when loaded."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from kedro_datasets._typing import TablePreview

from libra_emo.common.files import new_file
from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.copies import describe_damage, keep_copy
from libra_emo.common.integrity.parquet import is_intact, read_parquet, write_parquet
from libra_emo.common.spreadsheets import guard_table, unguard_table
from libra_emo.datasets.files import FileDataset, table_preview
from libra_emo.schemas import SCHEMAS, TableError, check


class _CheckedTableDataset(FileDataset[pd.DataFrame, pd.DataFrame]):
    """A table in one file, with the columns of a schema.

    Args:
        filepath: Path of the file.
        schema: Name of a schema in `libra_emo.schemas.SCHEMAS`; without one nothing is checked.
        preview: See `FileDataset`.
        metadata: See `FileDataset`.

    Raises:
        TableError: If there is no such schema, or the table does not match it.
    """

    def __init__(
        self,
        *,
        filepath: str,
        schema: str | None = None,
        preview: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, preview=preview, metadata=metadata)
        if schema is not None and schema not in SCHEMAS:
            raise TableError(f"{schema!r} is not a schema; the schemas are {', '.join(SCHEMAS)}")
        self._schema = schema

    def save(self, data: pd.DataFrame) -> None:
        """Check the table, write the file beside its place, then move it there."""
        super().save(self._checked(data))

    def load(self) -> pd.DataFrame:
        """Check and return the table."""
        return self._checked(super().load())

    def preview(self) -> TablePreview:
        """Return the first rows for kedro-viz."""
        self._check_preview()
        return table_preview(self.load())

    def _checked(self, table: pd.DataFrame) -> pd.DataFrame:
        if self._schema is None:
            return table
        try:
            return check(table, SCHEMAS[self._schema])
        except TableError as error:
            raise TableError(f"{self._filepath.name}: {error}") from error

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "schema": self._schema}


class TableDataset(_CheckedTableDataset):
    """A table in Parquet with its checksum; the same table always gives the same bytes."""

    def _write(self, data: pd.DataFrame, path: Path) -> None:
        write_parquet(data, path)

    def check_file(self) -> None:
        """Check that the file is as it was written; one that is missing passes.

        Raises:
            DamagedFileError: If it is not.
        """
        path = self._filepath
        if path.is_file() and not is_intact(path):
            raise self._damage("its checksum differs")

    def _open_new(self, path: Path) -> AbstractContextManager[Path]:
        return new_file(path)  # the checksum is in the file

    def _load_file(self) -> pd.DataFrame:
        return read_parquet(self._filepath)

    def _is_whole(self) -> bool:
        return is_intact(self._filepath)


class CsvTableDataset(_CheckedTableDataset):
    """A table in CSV, for people and spreadsheets, which take none of its texts as a formula.

    Args:
        filepath: Path of the file.
        schema: See `TableDataset`.
        remembered: Whether the table cannot be made again, as one that a pipeline adds to. A copy
            of it is then kept beside it, and an error of damage names the copy.
        preview: See `FileDataset`.
        metadata: See `FileDataset`.
    """

    def __init__(
        self,
        *,
        filepath: str,
        schema: str | None = None,
        remembered: bool = False,
        preview: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, schema=schema, preview=preview, metadata=metadata)
        self._remembered = remembered

    def save(self, data: pd.DataFrame) -> None:
        """Check the table and write the file; of a remembered table a copy, too."""
        super().save(data)
        if self._remembered:
            keep_copy(self._filepath)

    def _damage(self, reason: str) -> DamagedFileError:
        if not self._remembered:
            return super()._damage(reason)
        # without its path, or it would be set aside and the table begun anew
        return DamagedFileError(describe_damage(self._filepath, reason))

    def _write(self, data: pd.DataFrame, path: Path) -> None:
        table = guard_table(data)
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")

    def _read(self, content: bytes) -> pd.DataFrame:
        # digests of digits alone, or of digits and an e, are texts, too
        columns = SCHEMAS[self._schema].to_schema().columns if self._schema else {}
        texts = {name: "str" for name, column in columns.items() if "str" in str(column.dtype)}
        return unguard_table(pd.read_csv(BytesIO(content), encoding="utf-8", dtype=texts))
