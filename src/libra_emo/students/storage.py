"""The card in every student's folder: what it is, who wrote it, and whether it can be read here."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_text
from libra_emo.students.errors import StudentError

CARD = "student.json"
PACKAGE = "libra_emo"


def write_card(folder: Path, card: dict[str, Any], made_with: tuple[str, ...]) -> None:
    """Write `student.json`, with the versions of this package and others that made the student."""
    versions = {name: version(name) for name in (PACKAGE, *made_with)}
    text = json.dumps(
        {**card, "versions": versions}, indent=2, ensure_ascii=False, sort_keys=True, default=str
    )
    write_text(folder / CARD, text + "\n")


def read_card(folder: Path) -> dict[str, Any]:
    """Return what `student.json` in a folder says.

    Raises:
        StudentError: If the folder or the file is missing or cannot be read.
    """
    path = Path(folder) / CARD
    if not path.parent.is_dir():
        raise StudentError(f"{path.parent}: there is no such folder; train a student first")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudentError(
            f"{path.parent}: {CARD} is missing or torn ({error}); train the student again"
        ) from error
    if not isinstance(card, dict) or "kind" not in card:
        raise StudentError(f"{path}: names no kind of student; train the student again")
    return card


def check_card(folder: Path, card: dict[str, Any], kind: str, form: int, oldest: int) -> None:
    """Raise unless a card describes a student of a kind, in a form that can be read here.

    Args:
        folder: The student's folder.
        card: What `read_card` returned; a card without `format` has the form 0.
        kind: The kind that is wanted.
        form: The form that is written today.
        oldest: The oldest form that can still be read.

    Raises:
        StudentError: Saying which version can read it.
    """
    if card["kind"] != kind:
        raise StudentError(f"{folder}: holds a student of kind {card['kind']!r}, not {kind!r}")
    found = card.get("format", 0)
    if found in range(oldest, form + 1):
        return
    versions = card.get("versions")
    writer = (versions if isinstance(versions, dict) else {}).get(PACKAGE, "an earlier version")
    raise StudentError(
        f"{folder}: its format is {found!r}, written by {PACKAGE} ({writer}), and {PACKAGE} "
        f"{version(PACKAGE)} reads {form}; train the student again, or use the version that "
        "wrote it"
    )
