"""Tables as Parquet files that notice damage; pandas and pyarrow are loaded when one is read."""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.common.digests import digest_bytes
from libra_emo.common.integrity.checksums import (
    DamagedFileError,
    first_line,
    is_intact_parquet,
    seal_parquet,
)

if TYPE_CHECKING:
    import pandas as pd


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table with a seal; the same table always gives the same bytes.

    pandas' metadata are left out, since they hold the versions of the writing packages.
    """
    path.write_bytes(_to_bytes(table))


def digest_parquet(table: pd.DataFrame) -> str:
    """Return the SHA-256 of the file that `write_parquet` makes of a table."""
    return digest_bytes(_to_bytes(table))


def _to_bytes(table: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = pa.Table.from_pandas(table, preserve_index=False)
    plain = pa.schema([_portable(pa, field) for field in written.schema])
    content = pa.BufferOutputStream()
    pq.write_table(written.cast(plain), content, compression="zstd", version="2.6")
    return seal_parquet(content.getvalue())


def read_parquet(path: Path) -> pd.DataFrame:
    """Return a table; one that others wrote, without a seal, is read unchecked.

    Raises:
        DamagedFileError: If it is not as it was written.
        OSError: If it cannot be opened.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.stat().st_size:
        raise _damaged(path, "it is empty")
    with pa.memory_map(str(path)) as file:
        content = file.read_buffer()
        if not is_intact_parquet(content):
            raise _damaged(path, "its checksum differs")
        try:
            # not by path: a folder called `a=b` must not become a column
            table: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(path, first_line(error)) from error
    return table


def is_intact(path: Path) -> bool:
    """Return whether a file is a Parquet file, and as it was written where it has a seal."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return is_intact_parquet(content)


def _damaged(path: Path, reason: str) -> DamagedFileError:
    return DamagedFileError(f"{path.name} is damaged: {reason}; run what makes it again", path)


def _portable(pa: Any, field: Any) -> Any:
    """Return a column's field; large text, and columns without any value, become plain text."""
    if pa.types.is_large_string(field.type) or pa.types.is_null(field.type):
        return pa.field(field.name, pa.string())
    return pa.field(field.name, field.type)
