"""The resolved configuration as one file, so that DVC sees what Kedro runs with.

DVC knows nothing of environments, of `--params` and of conf/local. Every stage of dvc.yaml
depends on the keys of this file that it needs. Beside the parameters the file holds a digest of
the films, of the sample's truth and of each campaign's votes, which come from outside and which no
stage may own, and for each stage a digest of the code and the catalog entries that it rests on.
Git holds the file: dvc.yaml makes the stages of the rounds from it.

Films and votes that are not on this machine count as they were recorded in dvc.lock, so a clone
without them goes on from what was made of them elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from libra_emo.common.digests import digest_text
from libra_emo.common.files import write_text
from libra_emo.common.takedowns.log import FOLDER as TAKEDOWNS
from libra_emo.common.takedowns.log import read_log
from libra_emo.configuration.films import (
    digest_files,
    digest_films,
    names_own_films,
)
from libra_emo.configuration.loader import ConfigurationError
from libra_emo.configuration.lock_file import read_recorded
from libra_emo.configuration.memory.films import DigestMemory
from libra_emo.configuration.rounds import ROUNDS, describe_rounds
from libra_emo.datasets.paths import dataset_path

if TYPE_CHECKING:
    from kedro.config import AbstractConfigLoader
    from kedro.io import CatalogProtocol

SNAPSHOT_FILE = Path("data/02_intermediate/configuration.yml")
DIGESTS_FILE = Path("data/02_intermediate/.digests.json")
CODE = "code"
LOGINS = "film_logins"
# where films lie and how many processes cut them changes no byte
LEFT_OUT = ("films", "executor")
FROM_OUTSIDE = ("films_digest", "truth_digest", "votes", ROUNDS, CODE)


def take_snapshot(
    parameters: dict[str, Any],
    catalog: CatalogProtocol[Any, Any],
    project: Path,
    code: Mapping[str, str],
    remember: bool = True,
    loader: AbstractConfigLoader | None = None,
) -> dict[str, Any]:
    """Return what the snapshot file holds.

    Args:
        parameters: All parameters, merged.
        catalog: Catalog with the sample's truth and the annotation store.
        project: The project's folder.
        code: Stage → digest of what it rests on (`libra_emo.configuration.stages`).
        remember: Whether to keep the digests of films in a file, so that they are read once.
        loader: Loader of the parameters, which knows whether this machine's own settings name the
            films; then they must be here.
    """
    log = read_log(project / TAKEDOWNS)
    memory = DigestMemory(project / DIGESTS_FILE, remember, log.has_content)
    kept = {key: value for key, value in parameters.items() if key not in LEFT_OUT}
    truth = dataset_path(catalog.get("sample_truth"))
    logins = catalog.load(LOGINS) if LOGINS in catalog else None
    films = digest_films(parameters["films"], project, memory, logins)
    if not films and not names_own_films(parameters["films"], loader):
        films = read_recorded("films_digest", project)
    return {
        **kept,
        "films_digest": films,
        "truth_digest": digest_files([truth], project, memory) if truth else "",
        "votes": _digest_votes(parameters, catalog, project),
        ROUNDS: describe_rounds(int(parameters["max_rounds"])),
        CODE: dict(code),
    }


def read_snapshot(project: Path) -> dict[str, Any]:
    """Return what the file holds; nothing before it was first written."""
    path = project / SNAPSHOT_FILE
    if not path.is_file():
        return {}
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return content


def write_snapshot(content: dict[str, Any], project: Path) -> None:
    """Write the file, unless it says the same already."""
    path = project / SNAPSHOT_FILE
    text = yaml.safe_dump(plain(content), sort_keys=True, allow_unicode=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def check_snapshot(
    parameters: dict[str, Any], project: Path, stage: str, code: Mapping[str, str]
) -> None:
    """Raise unless the file holds what this run runs with; called inside a stage.

    Args:
        parameters: All parameters, merged.
        project: The project's folder.
        stage: The stage that runs, by the tag of its nodes.
        code: Stage → digest of what it rests on now.

    Raises:
        ConfigurationError: If DVC decided by another configuration, or by other code.
    """
    recorded = read_snapshot(project)
    current = plain({key: value for key, value in parameters.items() if key not in LEFT_OUT})
    differing = [
        key
        for key in sorted({*recorded, *current} - {*FROM_OUTSIDE})
        if recorded.get(key) != current.get(key) or (key in recorded) != (key in current)
    ]
    known = recorded.get(CODE) or {}
    if not differing and known.get(stage) != code.get(stage):
        differing = [f"{CODE}.{stage}"]
    if differing:
        raise ConfigurationError(
            f"{SNAPSHOT_FILE.as_posix()}: {differing[0]}: differs from what this run runs with, so "
            "DVC would record it wrongly; "
            "run `make run` (or `kedro reproduce`) instead of `dvc repro`"
        )


def _digest_votes(
    parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any], project: Path
) -> dict[str, str]:
    """Return a digest for every campaign that there may be; empty where people said nothing."""
    rounds = [f"round_{number}" for number in range(int(parameters["max_rounds"]) + 1)]
    digests = dict.fromkeys(["bench", "validation", "voting", *rounds], "")
    if parameters["annotators"] != "people" or "annotation_store" not in catalog:
        return digests
    store = catalog.load("annotation_store")
    opened = set(store.campaigns())
    for name in digests:
        # its adjudication, its audit, and where one person after the other is asked
        campaigns = [name, *sorted(other for other in opened if other.startswith(f"{name}."))]
        parts = [store.digest(campaign) for campaign in campaigns if campaign in opened]
        digests[name] = digest_text("".join(parts)) if parts else ""
        digests[name] = digests[name] or read_recorded(f"votes.{name}", project)
    return digests


def plain(value: Any) -> Any:
    """Return a value as YAML knows it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value
