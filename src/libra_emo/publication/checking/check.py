"""`kedro check-release`: every number of the cards computed again, and everything else compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from libra_emo.common.digests import digest_file
from libra_emo.publication.bench_task import task_files
from libra_emo.publication.cards.reading import CERTIFICATE, TAXONOMY, Release
from libra_emo.publication.cards.rendering import (
    CARDS,
    CONFIGURATIONS,
    digest_templates,
    render_cards,
)
from libra_emo.publication.checking.search import find_traces
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.croissant.document import CROISSANT, describe_release, write_document
from libra_emo.publication.croissant.vocabulary import check_names
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.notice import NOTICE
from libra_emo.publication.release.contents import CONTENTS, list_files, read_checksums
from libra_emo.publication.release.films import SPLITS

LIMIT: Final = 200


def check_release(folder: Path, traces: Traces) -> list[str]:
    """Return what is wrong with a release, a line each; empty if it is as it was built.

    Args:
        folder: Folder of the release.
        traces: What must not be in it.

    Raises:
        ReleaseError: If the folder is no release.
    """
    if not folder.is_dir():
        raise ReleaseError(f"{folder}: no such folder")
    faults = list(_check_files(folder))
    try:
        release = Release(folder)
        task = task_files(release)
        faults += _check_list(release, task)
        faults += _check_task(release, task)
        faults += _check_splits(release)
        faults += _check_rows(release)
        faults += _check_cards(release)
        faults += _check_croissant(release)
    except ReleaseError as error:
        faults.append(str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        faults.append(f"a table or list has another form than that of a release: {error!r}")
    faults += find_traces(folder, traces)
    return list(dict.fromkeys(faults))


def _check_files(folder: Path) -> Iterator[str]:
    """Give files that are missing, too many, or not as they were written."""
    listed, there = read_checksums(folder), set(list_files(folder))
    for name in sorted(there - set(listed)):
        yield f"{name}: is not in the list of checksums"
    for name, digest in listed.items():
        if name not in there:
            yield f"{name}: is missing"
        elif digest_file(folder / name) != digest:
            yield f"{name}: is not as it was written, its SHA-256 differs"
    links = sorted(path for path in folder.rglob("*") if path.is_symlink())
    yield from (f"{path.relative_to(folder)}: is a link" for path in links)


def _check_list(release: Release, task: Mapping[str, bytes]) -> Iterator[str]:
    """Give files that no release has, such as a workbook that somebody put there."""
    known = {*CARDS, CROISSANT, CONTENTS, CERTIFICATE, TAXONOMY, NOTICE, *release.shards()}
    known |= {f"tables/{name}.parquet" for name in CONFIGURATIONS} | set(task)
    for name in list_files(release.folder):
        if name not in known:
            yield f"{name}: no file of a release"


def _check_task(release: Release, task: Mapping[str, bytes]) -> Iterator[str]:
    """Give lists of clips and labels of the task of lmms-eval that are not as the tables say.

    Its program and its YAML file may be those of another version.
    """
    for name, content in task.items():
        path = release.folder / name
        lists = path.is_file() and path.suffix in (".json", ".jsonl")
        if lists and path.read_bytes() != content:
            yield f"{name}: is not as the tables give it"


def _check_splits(release: Release) -> Iterator[str]:
    """Give films whose clips are in two splits, by their ids and by their content."""
    films, clips = release.table("films"), release.table("clips")
    for name in ("film_id", "sha256"):
        splits = films.groupby(name)["split"].nunique()
        yield from (f"film {film}: in two splits" for film in splits[splits > 1].index)
    own = clips["film_id"].map(films.set_index("film_id")["split"])
    wrong = clips[clips["split"] != own]
    yield from (f"clip {clip}: not in the split of its film" for clip in wrong["clip_id"][:LIMIT])
    unknown = sorted(set(films["split"]) - set(SPLITS))
    yield from (f"split {name}: unknown" for name in unknown)
    if clips["clip_id"].duplicated().any():
        yield "clips: a clip is there twice"


def _check_rows(release: Release) -> Iterator[str]:
    """Give tables that have other numbers of rows, in all or of a film, than the list says."""
    for name, wanted in release.contents["tables"].items():
        table = release.table(name)
        if len(table) != wanted:
            yield f"{name}: {len(table)} rows, but {CONTENTS} says {wanted}"
        if name == "films":
            continue
        counts = table.groupby("film_id").size()
        for film in release.contents["films"]:
            found = int(counts.get(film["film_id"], 0))
            if found != film["rows"][name]:
                yield f"{name}: {found} rows of {film['film_id']}, not {film['rows'][name]}"


def _check_cards(release: Release) -> Iterator[str]:
    if release.contents.get("templates") != digest_templates():
        yield "the cards were written by another version of libra_emo, and cannot be compared"
        return
    for name, wanted in render_cards(release).items():
        yield from _compare(release.folder / name, wanted)


def _check_croissant(release: Release) -> Iterator[str]:
    yield from _compare(release.folder / CROISSANT, write_document(describe_release(release)))
    yield from (f"{CROISSANT}: {fault}" for fault in check_names(release.read_json(CROISSANT)))


def _compare(path: Path, wanted: str) -> Iterator[str]:
    """Give the first line in which a card differs from what its files say."""
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    if written == wanted:
        return
    lines, others = written.splitlines(), wanted.splitlines()
    number = next(
        (at for at, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1]),
        min(len(lines), len(others)),
    )
    line, other = (texts[number] if number < len(texts) else "" for texts in (lines, others))
    yield (
        f"{path.name}: line {number + 1} says {line[:LIMIT]!r}, but the files say {other[:LIMIT]!r}"
    )
