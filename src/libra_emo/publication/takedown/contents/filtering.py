"""Tables and lists without the rows that name a film: Parquet, CSV, JSON and JSON lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any, Final

from libra_emo.common.integrity.checksums import CHECKSUM_KEY, seal_parquet
from libra_emo.publication.takedown.contents.search import is_number
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.needles import Needles

_SEAL: Final = b"\0crc32="
_LARGE: Final = 1 << 30  # a cell may be as long as it likes


class CannotFilter(Exception):
    """A file has no rows that could be left out one by one."""


def filter_parquet(path: Path, out: Path, needles: Needles) -> int:
    """Write a table without the rows that name a film; return how many there were.

    A table that had a seal gets one. Columns and their kinds stay.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = path.read_bytes()
    table = pq.read_table(pa.BufferReader(content))
    meta = {key: value for key, value in (table.schema.metadata or {}).items() if key != b"pandas"}
    if needles.in_value([*table.schema.names, meta]):
        raise CannotFilter("its columns or metadata name the film")
    texts = table.select([field.name for field in table.schema if not is_number(field.type)])
    kept = [not needles.in_value(list(row.values())) for row in texts.to_pylist()]
    kept = kept or [True] * table.num_rows
    left = table.filter(pa.array(kept, pa.bool_()))
    if left.num_rows + kept.count(False) != table.num_rows:
        raise TakedownError(f"{path}: rows before and after do not balance")
    write_like(content, left, out)
    return kept.count(False)


def write_like(content: bytes, table: Any, out: Path) -> None:
    """Write a table, with a seal if the table that it replaces had one; pandas' notes are left out.

    Args:
        content: Bytes of the file that it replaces.
        table: The new table of pyarrow.
        out: Place of the new file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    meta = {key: value for key, value in (table.schema.metadata or {}).items() if key != b"pandas"}
    written = pa.BufferOutputStream()
    whole = table.replace_schema_metadata(meta or None).combine_chunks()
    pq.write_table(whole, written, compression="zstd", version="2.6")
    packed = bytes(written.getvalue())
    out.write_bytes(seal_parquet(packed) if _SEAL in content[-(1 << 20) :] else packed)


def filter_csv(path: Path, out: Path, needles: Needles) -> int:
    """Write a CSV file without the rows that name a film; all other rows keep their bytes."""
    text = _read_text(path)
    if text is None:
        raise CannotFilter("it is no text")
    kept, removed = [], 0
    for number, (row, raw) in enumerate(_split_rows(text)):
        if needles.in_text(raw) or needles.in_value(row):
            if number == 0:
                raise CannotFilter("its first line names the film")
            removed += 1
        else:
            kept.append(raw)
    out.write_bytes("".join(kept).encode("utf-8", "surrogateescape"))
    return removed


def _split_rows(text: str) -> list[tuple[list[str], str]]:
    """Return the rows of a CSV file, each with its text; a cell may have several lines."""
    csv.field_size_limit(_LARGE)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines)
    rows, start = [], 0
    try:
        for row in reader:
            rows.append((row, "".join(lines[start : reader.line_num])))
            start = reader.line_num
    except csv.Error as error:
        raise CannotFilter(str(error)) from error
    return rows


def filter_lines(path: Path, out: Path, needles: Needles) -> int:
    """Write JSON lines, compressed if they were, without the lines that name a film."""
    content = path.read_bytes()
    packed = content.startswith(b"\x1f\x8b")
    plain = gzip.decompress(content) if packed else content
    lines = plain.split(b"\n")
    kept = [line for line in lines if not _line_names(line, needles)]
    whole = b"\n".join(kept)
    out.write_bytes(gzip.compress(whole, mtime=0) if packed else whole)
    return len(lines) - len(kept)


def _line_names(line: bytes, needles: Needles) -> bool:
    if needles.in_bytes(line):
        return True
    try:
        return needles.in_value(json.loads(line))
    except ValueError:
        return False


def filter_json(path: Path, out: Path, needles: Needles) -> int:
    """Write a JSON file without the entries that name a film; return how many there were."""
    text = path.read_text(encoding="utf-8")
    try:
        content = json.loads(text)
    except ValueError as error:
        raise CannotFilter("it is no JSON") from error
    if isinstance(content, dict) and CHECKSUM_KEY in content:
        raise CannotFilter("it is a record with a checksum")
    pruned, removed = _prune(content, needles)
    if pruned is None or not removed:
        raise CannotFilter("all of it is about the film")
    start = text.lstrip()[1:3]
    indent = len(text.split("\n")[1]) - len(text.split("\n")[1].lstrip()) if "\n" in start else None
    end = "\n" if text.endswith("\n") else ""
    out.write_text(json.dumps(pruned, indent=indent, ensure_ascii=False) + end, encoding="utf-8")
    return removed


def _prune(value: Any, needles: Needles) -> tuple[Any, int]:
    """Return a value without what names a film, and how many entries that were.

    An object of a list goes as a whole if one of its own values names the film.
    """
    if isinstance(value, dict):
        return _prune_object(value, needles)
    if isinstance(value, list):
        return _prune_list(value, needles)
    return (None, 1) if needles.in_value(value) else (value, 0)


def _prune_object(value: dict[str, Any], needles: Needles) -> tuple[dict[str, Any], int]:
    kept, removed = {}, 0
    for key, inner in value.items():
        if needles.in_text(key):
            removed += 1
        elif needles.in_value(inner):
            pruned, count = _prune(inner, needles)
            removed += count
            if isinstance(inner, dict | list):
                kept[key] = pruned
        else:
            kept[key] = inner
    return kept, removed


def _prune_list(value: list[Any], needles: Needles) -> tuple[list[Any], int]:
    kept, removed = [], 0
    for inner in value:
        if not needles.in_value(inner):
            kept.append(inner)
        elif isinstance(inner, str) or _is_about(inner, needles):
            removed += 1
        else:
            pruned, count = _prune(inner, needles)
            removed += count
            kept.append(pruned)
    return kept, removed


def _is_about(value: Any, needles: Needles) -> bool:
    """Return whether one of an entry's own values names the film."""
    own = value.values() if isinstance(value, dict) else value
    return any(isinstance(part, str) and needles.in_text(part) for part in own)


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
