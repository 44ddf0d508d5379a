"""dvc.lock: what the stages were recorded with, and rounds that there are no longer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from libra_emo.common.digests import digest_file
from libra_emo.common.files import write_text

LOCK_FILE = "dvc.lock"
SCHEMA = "2.0"
# the parser in C takes a tenth of the time
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read_lock(project: Path) -> dict[str, Any]:
    """Return the content of dvc.lock; nothing if it is missing or cannot be read."""
    path = project / LOCK_FILE
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def digest_lock(project: Path) -> str:
    """Return the digest of dvc.lock; empty if it is missing."""
    path = project / LOCK_FILE
    return digest_file(path) if path.is_file() else ""


def read_recorded(key: str, project: Path) -> str:
    """Return the value of a parameter that a stage was recorded with; empty if none was."""
    for stage in (read_lock(project).get("stages") or {}).values():
        for values in (stage.get("params") or {}).values():
            if key in values:
                return str(values[key] or "")
    return ""


def write_stage(name: str, entry: Mapping[str, Any], project: Path) -> None:
    """Write what a stage was recorded with into dvc.lock, unless the file says the same already.

    DVC itself parses and writes the file in Python, which takes ten times as long, and writes it in
    place: a kill would leave half of it.

    Args:
        name: Name of the stage, such as `label_round@1`.
        entry: Its command, dependencies, parameters and outputs, as DVC describes them.
        project: The project's folder.
    """
    content = read_lock(project) or {"schema": SCHEMA}
    stages = content.get("stages") or {}
    if stages.get(name) != entry:
        _write({**content, "stages": {**stages, name: dict(entry)}}, project)


def remove_stages(names: Collection[str], project: Path) -> None:
    """Remove stages from dvc.lock; DVC keeps those of rounds that dvc.yaml no longer has."""
    content = read_lock(project)
    stages = content.get("stages") or {}
    if not set(names).intersection(stages):
        return
    left = {name: stage for name, stage in stages.items() if name not in names}
    _write({**content, "stages": left}, project)


def _write(content: dict[str, Any], project: Path) -> None:
    write_text(project / LOCK_FILE, yaml.dump(content, Dumper=_Dumper, sort_keys=False))


def find_removed_rounds(names: Collection[str], project: Path) -> Iterator[str]:
    """Give the stages of dvc.lock that belong to a round which dvc.yaml does not have.

    Args:
        names: Stages of dvc.yaml, with their rounds.
        project: The project's folder.
    """
    groups = {name.partition("@")[0] for name in names if "@" in name}
    for name in read_lock(project).get("stages") or {}:
        group, round_, _ = name.partition("@")
        if round_ and group in groups and name not in names:
            yield name
