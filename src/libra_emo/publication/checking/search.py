"""The search for traces in all files of a release, and for metadata that it does not need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.cleaning import clean_flac, clean_mp4
from libra_emo.publication.release.contents import CHECKSUMS, list_files
from libra_emo.publication.release.parquet import FEATURES_KEY, MEDIA

# texts of films, in which a name means somebody else
FILM_TEXTS: Final = frozenset(
    {"subtitle", "explanation", "title", "author", "url", "license_text", "film_id", "clip_id"}
)
# columns with a fixed set of words, which may be somebody's name
WORDS: Final = frozenset(
    {"label", "old_label", "new_label", "truth", "predicted", "origin", "kind", "status", "split"}
    | {"language", "theme", "campaign", "reason", "decided_by", "part", "license", "writer"}
)
_WRITER: Final = re.compile(r"parquet-cpp-arrow version [\d.]+(?:-SNAPSHOT)?")
_CLEANERS: Final = {"video": clean_mp4, "audio": clean_flac}


def find_traces(folder: Path, traces: Traces) -> Iterator[str]:
    """Give what must not be in a release, a line each: the file, the place and the kind."""
    for name in (*list_files(folder), CHECKSUMS):
        path = folder / name
        if not path.is_file():
            continue
        for fault in traces.find(name, with_names=False):
            yield f"{name}: its name has {fault}"
        if name.endswith(".parquet"):
            yield from _search_parquet(path, name, traces)
        else:
            yield from _search_text(path, name, traces)


def _search_text(path: Path, name: str, traces: Traces) -> Iterator[str]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{name}: no text in UTF-8"
        return
    # the list of contents and croissant.json name films' authors and the release's creators
    named = name.endswith(".md") or name == "certificate.json"
    for fault in traces.find(text, with_names=named):
        yield f"{name}: has {fault}"


def _search_parquet(path: Path, name: str, traces: Traces) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            yield from (f"{name}: {fault}" for fault in _check_metadata(file, traces))
            for number in range(file.metadata.num_row_groups):
                group = file.read_row_group(number)
                for column in group.column_names:
                    faults = dict.fromkeys(_search_column(group[column], column, traces))
                    yield from (f"{name}: column {column}: {fault}" for fault in faults)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield f"{name}: cannot be read: {(str(error).splitlines() or ['?'])[0]}"


def _check_metadata(file: Any, traces: Traces) -> Iterator[str]:
    entries = dict(file.metadata.metadata or {})
    features = entries.pop(FEATURES_KEY, b"{}")
    if entries:
        names = ", ".join(sorted(name.decode("utf-8", "replace") for name in entries))
        yield f"metadata that no release has: {names}"
    try:
        known = set(json.loads(features).get("info", {})) <= {"features"}
    except (ValueError, AttributeError):
        known = False
    if not known:
        yield "metadata for `datasets` that no release has"
    if not _WRITER.fullmatch(file.metadata.created_by or ""):
        yield "the name of its writer is not that of pyarrow"
    if any(field.metadata for field in file.schema_arrow if set(field.metadata or {}) - _FIELD_IDS):
        yield "metadata of a column"
    yield from traces.find(features.decode("utf-8", "replace"), with_names=True)


_FIELD_IDS: Final = frozenset({b"PARQUET:field_id"})


def _search_column(column: Any, name: str, traces: Traces) -> Iterator[str]:
    import pyarrow as pa

    if name in MEDIA:
        for value in column.to_pylist():
            if value is not None:
                yield from _search_clip(value, name, traces)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        named = name not in FILM_TEXTS | WORDS
        for text in column.unique().to_pylist():
            if text is not None:
                yield from traces.find(text, with_names=named)


def _search_clip(value: dict[str, Any], name: str, traces: Traces) -> Iterator[str]:
    content, path = value["bytes"] or b"", value["path"] or ""
    try:
        if _CLEANERS[name](content) != content:
            yield "a file with tags or other metadata"
    except ReleaseError as error:
        yield str(error)
    if "/" in path or "\\" in path:
        yield "a name with folders"
    yield from traces.find_in_bytes(content)
