"""The card in every student's folder: what it is, who wrote it, and whether it can be read here."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_text
from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum_json
from libra_emo.students.errors import DamagedStudentError, StudentError

CARD = "student.json"
PACKAGE = "libra_emo"


def write_card(folder: Path, card: dict[str, Any], made_with: tuple[str, ...]) -> None:
    """Write `student.json`, with the versions of this package and others that made the student."""
    versions = {name: version(name) for name in (PACKAGE, *made_with)}
    # as JSON holds it, so that it has the same checksum when it is read
    whole = json.loads(json.dumps({**card, "versions": versions}, default=str))
    whole[CHECKSUM_KEY] = checksum_json(whole)
    text = json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True)
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


def check_checksum(folder: Path, card: dict[str, Any]) -> None:
    """Raise unless a card is as it was written; cards of earlier versions have no checksum.

    Raises:
        DamagedStudentError: If it is not.
    """
    if "format" in card and card.get(CHECKSUM_KEY) not in (None, checksum_json(card)):
        path = folder / CARD
        message = f"{path}: is damaged: its checksum differs; train the student again"
        raise DamagedStudentError(message, path)
