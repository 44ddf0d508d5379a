"""Building a release: tables, shards, cards and lists in one folder, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from libra_emo.common.files import new_folder, write_text
from libra_emo.publication.bench_task import write_bench_task
from libra_emo.publication.cards.reading import CERTIFICATE, TAXONOMY, Release
from libra_emo.publication.cards.rendering import digest_templates, render_cards
from libra_emo.publication.checking.search import find_traces
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.croissant.document import CROISSANT, describe_release, write_document
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.notice import NOTICE
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.contents import (
    CHECKSUMS,
    CONTENTS,
    list_contents,
    write_checksums,
)
from libra_emo.publication.release.parquet import write_table
from libra_emo.publication.release.shards import ClipFiles, write_shards
from libra_emo.taxonomy import Taxonomy

ATTRIBUTED: Final = ("title", "author", "url", "license", "license_text", "license_read_on")
# texts that others wrote; one with a key or a path in it is left out, and counted
OTHERS_TEXTS: Final = (*ATTRIBUTED, "subtitle", "explanation")
SHOWN_FAULTS: Final = 5


@dataclass(frozen=True)
class ReleaseParts:
    """What a release is built of.

    Attributes:
        tables: Tables by name, as `tabulate` returns them.
        held: Films that are held, with the reason.
        certificate: The certificate of the labels, or why there is none.
        taxonomy: The labels.
        notice: The notice of takedowns; empty if there were none.
    """

    tables: Mapping[str, pd.DataFrame]
    held: pd.DataFrame
    certificate: Mapping[str, Any]
    taxonomy: Taxonomy
    notice: str = ""


def build_release(
    parts: ReleaseParts,
    files: ClipFiles,
    options: PublicationOptions,
    traces: Traces,
    folder: Path,
) -> dict[str, Any]:
    """Write a release, search it for traces, and put it in its place; return its list of contents.

    The same parts give the same bytes. A release that is there is replaced when the new one is
    whole, but from version 1.0.0 on a version never gets other bytes than it had.

    Raises:
        ReleaseError: If there are no clips, a file of a clip is missing, the release has a trace of
            what must not be in it, or its version is there with other bytes. Nothing is changed
            then.
    """
    tables, withheld = withhold_texts(parts.tables, traces)
    if tables["clips"].empty:
        raise ReleaseError("no clip may be released: no film has a label and a licence")
    with new_folder(folder) as part:
        digests = write_shards(tables["clips"], tables["films"], files, part)
        tables["attribution"] = attribute_clips(tables["clips"], tables["films"], digests)
        for name, table in tables.items():
            if name != "clips":
                write_table(table, part / "tables" / f"{name}.parquet")
        contents = list_contents(tables, parts.held, options)
        contents |= {"withheld_texts": withheld, "templates": digest_templates()}
        _write_json(part / TAXONOMY, parts.taxonomy.model_dump(mode="json"))
        _write_json(part / CERTIFICATE, parts.certificate)
        _write_json(part / CONTENTS, contents)
        if parts.notice:
            write_text(part / NOTICE, parts.notice)
        describe_folder(part)
        _raise_faults(find_traces(part, traces))
        _refuse_other_bytes(part, folder, options.version)
    return contents


def describe_folder(folder: Path) -> None:
    """Write cards, `croissant.json`, the task of lmms-eval and checksums of a folder.

    The folder has all other files.
    """
    release = Release(folder)
    write_bench_task(release, folder)
    for name, text in render_cards(release).items():
        write_text(folder / name, text)
    write_text(folder / CROISSANT, write_document(describe_release(release)))
    write_checksums(folder)


def attribute_clips(
    clips: pd.DataFrame, films: pd.DataFrame, digests: pd.DataFrame
) -> pd.DataFrame:
    """Return a row a clip: source, author, licence, seconds and checksums."""
    known = films[["film_id", *ATTRIBUTED, "sha256"]].rename(columns={"sha256": "film_sha256"})
    rows = clips[["clip_id", "film_id", "start_s", "end_s"]].merge(known, on="film_id", how="left")
    rows = rows.merge(digests, on="clip_id", how="left", validate="one_to_one")
    order = ["clip_id", "film_id", *ATTRIBUTED, "start_s", "end_s", "film_sha256"]
    return rows[[*order, "video_sha256", "audio_sha256"]].sort_values("clip_id", ignore_index=True)


def withhold_texts(
    tables: Mapping[str, pd.DataFrame], traces: Traces
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Return the tables without texts of others that hold keys or paths, and how many those were.

    A film's or clip's other facts stay.
    """
    cleaned, withheld = {}, {}
    for name, table in tables.items():
        own = table.copy()
        for column in OTHERS_TEXTS:
            if column not in own:
                continue
            found = own[column].map(lambda text: isinstance(text, str) and any(traces.find(text)))
            if found.any():
                own[column] = own[column].where(~found.astype(bool))
                withheld[f"{name}.{column}"] = int(found.sum())
        cleaned[name] = own
    return cleaned, withheld


def _refuse_other_bytes(part: Path, folder: Path, version: str) -> None:
    """Raise if a version that others may have cited would get other bytes."""
    final = not version.startswith("0.") and "-" not in version
    before = folder / CHECKSUMS
    if not final or not before.is_file() or before.read_bytes() == (part / CHECKSUMS).read_bytes():
        return
    raise ReleaseError(
        f"{folder}: version {version} is there with other content; raise `publication.version`, "
        "since others may have cited it"
    )


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    write_text(path, text + "\n")


def _raise_faults(found: Iterable[str]) -> None:
    faults = list(found)
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise ReleaseError(
            f"the release would hold what must not leave this machine: "
            f"{'; '.join(faults[:SHOWN_FAULTS])}{more}"
        )
