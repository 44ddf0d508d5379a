"""Parquet files of a release: the same table gives the same bytes, and no metadata but our own.

pandas' metadata and Arrow's copy of the schema, which holds whatever was attached to a table, are
left out. What `datasets` needs to know of videos and sounds is the only entry.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

FEATURES_KEY: Final = b"huggingface"
MEDIA: Final = {"video": "Video", "audio": "Audio"}
_TYPES: Final = {"b": ("bool", "bool"), "i": ("int64", "int64"), "f": ("double", "float64")}


def make_schema(table: pd.DataFrame, media: bool = False) -> pa.Schema:
    """Return the schema of a table: whole numbers, fractions, truth values, and text for the rest.

    Args:
        table: The table.
        media: Whether columns `video` and `audio` follow, each with a file's bytes and name.
    """
    import pyarrow as pa

    kinds = {name: _kind(table[name]) for name in table.columns}
    fields = [pa.field(name, pa.type_for_alias(kind)) for name, (kind, _) in kinds.items()]
    features: dict[str, Any] = {
        name: {"dtype": kind, "_type": "Value"} for name, (_, kind) in kinds.items()
    }
    if media:
        file = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        fields += [pa.field(name, file) for name in MEDIA]
        features |= {name: {"decode": False, "_type": kind} for name, kind in MEDIA.items()}
    return pa.schema(fields, {FEATURES_KEY: write_features(features)})


def write_features(features: dict[str, Any]) -> bytes:
    """Return the description of columns as `datasets` reads it."""
    return json.dumps({"info": {"features": features}}, sort_keys=False).encode()


def open_writer(path: Path, schema: pa.Schema) -> Any:
    """Return a writer of a Parquet file, which adds tables as groups of rows."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    writer = pq.ParquetWriter(path, schema, compression="zstd", version="2.6", store_schema=False)
    writer.add_key_value_metadata({FEATURES_KEY: schema.metadata[FEATURES_KEY]})
    return writer


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as one file."""
    schema = make_schema(table)
    with open_writer(path, schema) as writer:
        writer.write_table(to_arrow(table, schema))


def to_arrow(table: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return the rows of a table in a schema that has no further columns."""
    import pyarrow as pa

    columns = [
        pa.array(_values(table[field.name]), type=field.type, from_pandas=True) for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Return a table, or some of its columns."""
    import pyarrow.parquet as pq

    # not by path: a folder called `a=b` must not become a column
    with path.open("rb") as file:
        table: pd.DataFrame = pq.read_table(file, columns=columns).to_pandas()
    return table


def _kind(column: pd.Series) -> tuple[str, str]:
    return _TYPES.get(column.dtype.kind, ("string", "string"))


def _values(column: pd.Series) -> Any:
    """Return a column's values; a text that is missing is None, whatever pandas calls it."""
    if column.dtype.kind in _TYPES:
        return column.to_numpy()
    return [None if pd.isna(value) else str(value) for value in column]
