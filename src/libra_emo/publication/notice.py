"""The notice of a release: what was taken down before it, without names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from libra_emo.common.takedowns.log import TakedownLog
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.membership import order_version

NOTICE: Final = "takedowns.md"
REASONS: Final = {
    "copyright": "the rights holder asked for it",
    "privacy": "a person who is shown asked for it",
    "licence": "the licence does not permit the use",
    "other": "another reason",
}
WITHDRAWAL: Final = "a person who labelled clips withdrew, and all of the person's votes went"
_HEAD: Final = """# Takedowns

What was removed from this dataset. Please remove it from your copies as well: use this version, and
delete earlier ones.

| date | reason | films | clips | first version without it |
| --- | --- | --- | --- | --- |
"""


def write_notice(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return the notice of some takedowns; empty if there are none."""
    rows = [
        f"| {entry['date']} | {_describe_reason(entry)} | {entry['films']} | {entry['clips']} "
        f"| {entry['version'] or 'the next one'} |\n"
        for entry in entries
    ]
    return _HEAD + "".join(rows) if rows else ""


def _describe_reason(entry: Mapping[str, Any]) -> str:
    return WITHDRAWAL if entry.get("people") else REASONS[entry["reason"]]


def check_version(version: str, log: TakedownLog) -> None:
    """Raise if a release would have a version that was left behind by a takedown.

    Raises:
        ReleaseError: Naming the version from which on releases are possible.
    """
    first = log.version
    if first is not None and order_version(version) <= order_version(first):
        raise ReleaseError(
            f"publication.version is {version}, but a takedown made version {first}: set a higher "
            "one"
        )
