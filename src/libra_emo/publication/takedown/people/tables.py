"""Files of rows without a person: Parquet, CSV, JSON and JSON lines.

A row of the person goes; where another row only mentions the name, the name alone is replaced.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from libra_emo.common.integrity.checksums import CHECKSUM_KEY
from libra_emo.publication.takedown.contents.filtering import CannotFilter, write_like
from libra_emo.publication.takedown.contents.search import GZIP, is_number
from libra_emo.publication.takedown.people.person import Person

SEPARATORS: Final = (",", ";", "\t", "|", "，", "；")


def filter_parquet(path: Path, out: Path, person: Person, mentions: bool = True) -> int:
    """Write a table without the rows of a person; return how many there were.

    Raises:
        CannotFilter: If a column has the person's name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = path.read_bytes()
    table = pq.read_table(pa.BufferReader(content))
    if person.clean_row(dict.fromkeys(table.column_names)) != dict.fromkeys(table.column_names):
        raise CannotFilter("a column has the person's name")
    texts = table.select([field.name for field in table.schema if not is_number(field.type)])
    rows = texts.to_pylist() or [{} for _ in range(table.num_rows)]
    cleaned = [person.clean_row(row, mentions) for row in rows]
    left = table.filter(pa.array([row is not None for row in cleaned], pa.bool_()))
    kept = [row for row in cleaned if row is not None]
    for name in texts.column_names:
        before = left.column(name)
        after = [row[name] for row in kept]
        if after != before.to_pylist():
            place = left.schema.get_field_index(name)
            values = pa.array(after, before.type)
            left = left.set_column(place, left.schema.field(place), values)
    write_like(content, left, out)
    return len(cleaned) - len(kept)


def filter_csv(path: Path, out: Path, person: Person, mentions: bool = True) -> int:
    """Write a CSV file without the rows of a person; all other rows keep their bytes.

    Raises:
        CannotFilter: If it is no text, or its first line names the person.
    """
    text, encode = read_text(path.read_bytes())
    kept, removed, header = [], 0, None
    for row, raw, separator in split_rows(text):
        if header is None and (raw.lower().lstrip('"\ufeff').startswith("sep=") or not raw.strip()):
            kept.append(raw)
            continue
        fields = {str(place): cell for place, cell in enumerate(row)}
        fields = _name_cells(header, fields) if header is not None else fields
        cleaned = person.clean_row(fields, mentions)
        if header is None:
            if cleaned != fields:
                raise CannotFilter("its first line names the person")
            header = [cell.removeprefix("\ufeff").strip() for cell in row]
            kept.append(raw)
        elif cleaned is None:
            removed += 1
        else:
            kept.append(raw if cleaned == fields else _join(list(cleaned.values()), raw, separator))
    out.write_bytes(encode("".join(kept)))
    return removed


def _name_cells(header: list[str], cells: dict[str, str]) -> dict[str, str]:
    """Return a row's cells under the names of their columns, each under one of its own."""
    named = {}
    for place, cell in cells.items():
        name = header[int(place)] if int(place) < len(header) else place
        named[name if name not in named else f"{name} {place}"] = cell
    return named


def _join(cells: list[str], raw: str, separator: str) -> str:
    out = io.StringIO(newline="")
    end = raw[len(raw.rstrip("\r\n")) :]
    csv.writer(out, delimiter=separator, lineterminator=end).writerow(cells)
    return out.getvalue()


def split_rows(text: str) -> list[tuple[list[str], str, str]]:
    """Return the rows of a CSV text, each with its own text and the separator.

    Raises:
        CannotFilter: If it is no CSV.
    """
    csv.field_size_limit(1 << 30)
    lines = io.StringIO(text, newline="").readlines()
    first = next((line for line in lines if line.strip() and "sep=" not in line.lower()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(lines, delimiter=separator)
    rows, start = [], 0
    try:
        for row in reader:
            rows.append((row, "".join(lines[start : reader.line_num]), separator))
            start = reader.line_num
    except csv.Error as error:
        raise CannotFilter(str(error)) from error
    return rows


def read_text(content: bytes) -> tuple[str, Callable[[str], bytes]]:
    """Return the text of a file and what encodes it as before."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    order = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    for name in (order,) if wide else ("utf-8", "gb18030"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        return text, lambda changed, name=name: changed.encode(name)
    raise CannotFilter("it is no text")


def filter_lines(path: Path, out: Path, person: Person, mentions: bool = True) -> int:
    """Write JSON lines, compressed if they were, without the lines of a person."""
    content = path.read_bytes()
    packed = content.startswith(GZIP)
    lines = (gzip.decompress(content) if packed else content).split(b"\n")
    kept = []
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            kept.append(line)
            continue
        cleaned, is_left = person.clean(value, mentions)
        if is_left:
            same = cleaned == value
            kept.append(line if same else json.dumps(cleaned, ensure_ascii=False).encode())
    whole = b"\n".join(kept)
    out.write_bytes(gzip.compress(whole, mtime=0) if packed else whole)
    return len(lines) - len(kept)


def filter_json(path: Path, out: Path, person: Person, mentions: bool = True) -> int:
    """Write a JSON file without the entries of a person; return how many values went.

    Raises:
        CannotFilter: If it is no JSON, has a checksum of its own, or is about the person alone.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text)
    except ValueError as error:
        raise CannotFilter("it is no JSON") from error
    cleaned, is_left = person.clean(content, mentions)
    if cleaned != content and isinstance(content, dict) and CHECKSUM_KEY in content:
        raise CannotFilter("it is a record with a checksum")
    if not is_left:
        raise CannotFilter("all of it is about the person")
    start = text.lstrip()[1:3]
    indent = len(text.split("\n")[1]) - len(text.split("\n")[1].lstrip()) if "\n" in start else None
    end = "\n" if text.endswith("\n") else ""
    out.write_text(json.dumps(cleaned, indent=indent, ensure_ascii=False) + end, encoding="utf-8")
    return _count(content) - _count(cleaned)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1
