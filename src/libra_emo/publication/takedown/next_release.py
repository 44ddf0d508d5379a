"""The next release: the last one without the films, as a new major version."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_text
from libra_emo.publication.building import describe_folder
from libra_emo.publication.cards.reading import CERTIFICATE, TAXONOMY, Release
from libra_emo.publication.cards.rendering import CONFIGURATIONS, digest_templates
from libra_emo.publication.membership import list_releases, order_version
from libra_emo.publication.notice import NOTICE
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.contents import CONTENTS, list_contents
from libra_emo.publication.release.parquet import write_table
from libra_emo.publication.takedown.film_target import Target
from libra_emo.publication.takedown.people.target import PersonTarget


def find_last(project: Path, places: Iterable[str]) -> Path | None:
    """Return the last of some folders of releases; None if there is none."""
    wanted = {project / place for place in places}
    found = [path for path in list_releases(project / "data/09_release") if path in wanted]
    return found[0] if found else None


def next_version(project: Path, before: str | None) -> str:
    """Return the major version after all that there are, and after that of the last takedown."""
    names = [path.name for path in list_releases(project / "data/09_release")]
    names += [before] if before else []
    numbers = [order_version(name)[0] for name in names]
    return f"{max([0, *numbers]) + 1}.0.0"


def write_next(
    last: Path,
    folder: Path,
    target: Target | PersonTarget,
    version: str,
    day: datetime.date,
    notice: str,
) -> dict[str, int] | None:
    """Write a release without some films or a person; return how many rows went, by table.

    Nothing is written, and None returned, if no clip is left.

    Args:
        last: Folder of the release.
        folder: Folder of the new one, which does not exist.
        target: The films or the person.
        version: Its version.
        day: Its date.
        notice: The notice of takedowns.
    """
    release = Release(last)
    tables = {name: release.table(name) for name in ("clips", *CONFIGURATIONS)}
    kept, gone = target.leave_out(tables)
    if kept["clips"].empty:
        return None
    folder.mkdir(parents=True)
    contents = _list_contents(release, kept, gone, version, day)
    for film in contents["films"]:
        for name in film["files"]:
            _link(last / name, folder / name)
    for name in CONFIGURATIONS:
        (folder / "tables").mkdir(exist_ok=True)
        write_table(kept[name].reset_index(drop=True), folder / "tables" / f"{name}.parquet")
    shutil.copyfile(last / TAXONOMY, folder / TAXONOMY)
    _write_json(folder / CERTIFICATE, _withdraw(release.read_json(CERTIFICATE), target.certificate))
    _write_json(folder / CONTENTS, contents)
    write_text(folder / NOTICE, notice)
    describe_folder(folder)
    return {name: len(tables[name]) - len(kept[name]) for name in tables}


def _list_contents(
    release: Release, kept: Mapping[str, Any], gone: set[str], version: str, day: datetime.date
) -> dict[str, Any]:
    import pandas as pd

    before = release.contents
    facts = {name: before[name] for name in PublicationOptions.model_fields if name in before}
    options = PublicationOptions(**facts | {"version": version, "date": day})
    held = pd.DataFrame(before["held"], columns=["film_id", "reason"])
    held = held[~held["film_id"].isin(gone)]
    contents = list_contents(kept, held, options)
    withheld = before.get("withheld_texts", {})
    return contents | {"withheld_texts": withheld, "templates": digest_templates()}


def _withdraw(certificate: Mapping[str, Any], reason: str) -> Mapping[str, Any]:
    """Return a certificate that no longer holds, since it was of other labels."""
    if certificate.get("certificate") is None:
        return certificate
    return {**certificate, "certificate": None, "reason": reason}


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, which costs no room, or copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    write_text(path, text + "\n")
