"""Stores of votes and answers that are no files of the project's data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

SECTIONS: Final = ("annotation_store", "answer_ledger")
_SQLITE: Final = "sqlite:///"


def find_stores_elsewhere(project: Path) -> list[str]:
    """Return the names of stores that some environment keeps elsewhere than below `data`.

    Their addresses are not shown, since they may hold a login.
    """
    data = (project / "data").resolve()
    return sorted(
        {
            f"{section} in {path.relative_to(project).as_posix()}"
            for path in sorted((project / "conf").glob("*/credentials*.yml"))
            for section, url in _read_urls(path)
            if not _is_below(url, project, data)
        }
    )


def _read_urls(path: Path) -> Iterator[tuple[str, str]]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return
    for section in SECTIONS:
        entry = content.get(section) if isinstance(content, dict) else None
        url = entry.get("url") if isinstance(entry, dict) else None
        if url:
            yield section, str(url)


def _is_below(url: str, project: Path, data: Path) -> bool:
    """Return whether a store is a SQLite file below the folder of the data."""
    if not url.startswith(_SQLITE):
        return False
    path = project / url.removeprefix(_SQLITE).partition("?")[0]
    return path.resolve().is_relative_to(data)
