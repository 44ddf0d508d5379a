"""The resolved configuration as one file, so that DVC sees what Kedro was told.

DVC knows nothing of environments, of `--params` and of conf/local. Every stage of dvc.yaml
depends on the keys of this file that it needs. Beside the parameters it holds a digest of the
films, of the sample's truth and of each campaign's votes: all that comes from outside and that
no stage may own.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from libra_emo.common.files import new_file
from libra_emo.configuration.films import digest_files, digest_films
from libra_emo.configuration.loader import ConfigurationError
from libra_emo.datasets.paths import dataset_path

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

SNAPSHOT_FILE = Path("data/02_intermediate/configuration.yml")
DIGESTS_FILE = Path("data/02_intermediate/.digests.json")
# where films lie and how many processes cut them changes no byte
LEFT_OUT = ("films", "executor")
FROM_OUTSIDE = ("films_digest", "truth_digest", "votes")


def take_snapshot(
    parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any], project: Path
) -> dict[str, Any]:
    """Return what the snapshot file holds.

    Args:
        parameters: All of them, merged.
        catalog: Where the sample's truth and the annotation store are found.
        project: The project's folder.
    """
    memory = project / DIGESTS_FILE
    kept = {key: value for key, value in parameters.items() if key not in LEFT_OUT}
    truth = dataset_path(catalog.get("sample_truth"))
    return {
        **kept,
        "films_digest": digest_films(parameters["films"], project, memory),
        "truth_digest": digest_files([truth], project, memory) if truth else "",
        "votes": _digest_votes(parameters, catalog),
    }


def write_snapshot(content: dict[str, Any], project: Path) -> None:
    """Write the file, unless it says the same already."""
    path = project / SNAPSHOT_FILE
    text = yaml.safe_dump(_plain(content), sort_keys=True, allow_unicode=True)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    with new_file(path) as part:
        part.write_text(text, encoding="utf-8")


def check_snapshot(parameters: dict[str, Any], project: Path) -> None:
    """Raise unless the file says what this run was told; called inside a stage.

    Raises:
        ConfigurationError: If DVC decided by another configuration than the run's.
    """
    path = project / SNAPSHOT_FILE
    said = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    told = _plain({key: value for key, value in parameters.items() if key not in LEFT_OUT})
    differing = [
        key
        for key in sorted({*said, *told} - {*FROM_OUTSIDE})
        if said.get(key) != told.get(key) or (key in said) != (key in told)
    ]
    if differing:
        raise ConfigurationError(
            f"{SNAPSHOT_FILE.as_posix()}: {differing[0]}: is not what this run was told, so DVC "
            "would record it wrongly; run `make run` (or `kedro reproduce`) instead of `dvc repro`"
        )


def _digest_votes(parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any]) -> dict[str, str]:
    """Return a digest for every campaign that there may be; empty where people said nothing."""
    rounds = [f"round_{number}" for number in range(int(parameters["max_rounds"]) + 1)]
    digests = dict.fromkeys(["bench", "voting", *rounds], "")
    if parameters["annotators"] != "people" or "annotation_store" not in catalog:
        return digests
    store = catalog.load("annotation_store")
    opened = set(store.campaigns())
    for name in digests:
        parts = [store.digest(each) for each in (name, f"{name}.adjudication") if each in opened]
        if parts:
            digests[name] = hashlib.sha256("".join(parts).encode()).hexdigest()
    return digests


def _plain(value: Any) -> Any:
    """Return a value as YAML knows it."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value
