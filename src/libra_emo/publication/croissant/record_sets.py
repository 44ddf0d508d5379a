"""The files and record sets of a release in Croissant."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from libra_emo.common.digests import digest_file
from libra_emo.publication.release.films import SPLITS

PARQUET: Final = "application/x-parquet"
FIELDS: Final = Path(__file__).with_name("croissant_fields.yml")
CLIP_FILES: Final = "clip-files"
_TYPES: Final = {"bool": "sc:Boolean", "int64": "sc:Integer", "double": "sc:Float"}
_MEDIA: Final = {"video": "sc:VideoObject", "audio": "sc:AudioObject"}
_LABELS: Final = frozenset({"label", "old_label", "new_label", "truth"})
_SPLIT_TYPES: Final = {
    "train": "cr:TrainingSplit",
    "validation": "cr:ValidationSplit",
    "test": "cr:TestSplit",
}


def describe_files(folder: Path, tables: list[str]) -> list[dict[str, Any]]:
    """Return the files of the tables with their checksums, and the set of all shards."""
    files: list[dict[str, Any]] = [
        {
            "@type": "cr:FileObject",
            "@id": f"{name}-file",
            "name": f"{name}.parquet",
            "contentUrl": f"tables/{name}.parquet",
            "contentSize": f"{(folder / 'tables' / f'{name}.parquet').stat().st_size} B",
            "encodingFormat": PARQUET,
            "sha256": digest_file(folder / "tables" / f"{name}.parquet"),
        }
        for name in tables
    ]
    shards = {
        "@type": "cr:FileSet",
        "@id": CLIP_FILES,
        "name": "clips",
        "description": "One Parquet file a film; SHA256SUMS has their checksums.",
        "encodingFormat": PARQUET,
        "includes": "clips/*/*.parquet",
    }
    return [*files, shards]


def describe_record_sets(
    folder: Path, tables: list[str], shard: str | None
) -> list[dict[str, Any]]:
    """Return the record sets: the splits, the clips and each table.

    Args:
        folder: Folder of the release.
        tables: Names of the tables.
        shard: Name of one shard; None if there are none.
    """
    sets = [_describe_splits()]
    if shard is not None:
        sets.append(_describe_set("clips", folder / shard, {"fileSet": {"@id": CLIP_FILES}}))
    for name in tables:
        source = {"fileObject": {"@id": f"{name}-file"}}
        sets.append(_describe_set(name, folder / "tables" / f"{name}.parquet", source))
    return sets


@cache
def read_meanings() -> dict[str, Any]:
    """Return what record sets and their columns mean."""
    import yaml

    meanings: dict[str, Any] = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))
    return meanings


def _describe_splits() -> dict[str, Any]:
    fields = [
        {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
        {
            "@type": "cr:Field",
            "@id": "splits/url",
            "name": "url",
            "dataType": ["sc:URL", "cr:Split"],
        },
    ]
    data = [{"splits/name": name, "splits/url": _SPLIT_TYPES[name]} for name in SPLITS]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The splits; no film is in two of them.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": fields,
        "data": data,
    }


def _describe_set(name: str, path: Path, source: dict[str, Any]) -> dict[str, Any]:
    import pyarrow.parquet as pq

    meanings = read_meanings()[name]
    fields = [_describe_field(name, column, meanings, source) for column in pq.read_schema(path)]
    if name == "votes":
        fields = _annotate_votes(fields)
    key = "film_id" if name == "films" else "clip_id" if name in ("clips", "attribution") else None
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": meanings["description"],
        **({"key": {"@id": f"{name}/{key}"}} if key else {}),
        "field": fields,
    }


def _describe_field(
    name: str, column: Any, meanings: dict[str, Any], source: dict[str, Any]
) -> dict[str, Any]:
    kind: Any = _MEDIA.get(column.name) or _TYPES.get(str(column.type), "sc:Text")
    if column.name in _LABELS:
        kind = [kind, "cr:Label"]
    probability = f"Probability of {column.name.removeprefix('p_')}."
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{column.name}",
        "name": column.name,
        "description": meanings["columns"].get(column.name, probability),
        "dataType": kind,
        "source": {**source, "extract": {"column": column.name}},
    }


def _annotate_votes(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the fields with the agent as an annotation of the label: who it is attributed to."""
    by_name = {field["name"]: field for field in fields}
    agent = {**by_name["agent"], "@id": "votes/label/agent", "name": "agent"}
    agent |= {
        "dataType": ["sc:Text", "prov:Agent"],
        "equivalentProperty": "prov:wasAttributedTo",
    }
    by_name["label"]["annotation"] = agent
    return fields
