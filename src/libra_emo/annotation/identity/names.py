"""Names of annotators: which spellings are one person, and which names are refused."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from libra_emo.common.spreadsheets import is_formula
from libra_emo.errors import LibraEmoError

MAX_CHARACTERS: Final = 100
# Unicode's Default_Ignorable_Code_Point beyond the categories below, and blanks that are "letters"
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)
_INVISIBLE_CATEGORIES: Final = ("Cc", "Cf", "Cn", "Co", "Cs")
_LOOKALIKE_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK")


class AnnotatorNameError(LibraEmoError):
    """A name cannot be an annotator's."""


def name_key(name: str) -> str:
    """Return what is compared of a name: NFKC, case folded, without what cannot be seen.

    `José` composed and decomposed, `JOSÉ` and ` josé ` with a zero-width space have one key.
    """
    shown = clean_name(unicodedata.normalize("NFKC", name))
    folded = unicodedata.normalize("NFKC", shown.casefold())
    return unicodedata.normalize("NFKC", clean_name(folded).casefold())


def clean_name(name: str) -> str:
    """Return a name as it is shown: NFC, one space between words, nothing that cannot be seen."""
    spaced = "".join(" " if character.isspace() else character for character in name)
    seen = "".join(
        character
        for character in spaced
        if unicodedata.category(character) not in _INVISIBLE_CATEGORIES
    )
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", seen).split()))


def check_name(name: str) -> str:
    """Return a name as it is registered.

    Raises:
        AnnotatorNameError: If it is empty, too long, a formula of a spreadsheet, or mixes scripts
            whose letters look alike.
    """
    shown = clean_name(name)
    if not any(character.isalnum() for character in shown):
        raise AnnotatorNameError(f"{name!r} is no name: it has no letter and no digit")
    if len(shown) > MAX_CHARACTERS:
        raise AnnotatorNameError(
            f"{shown[:20]!r}… has {len(shown)} characters; a name has at most {MAX_CHARACTERS}"
        )
    if is_formula(shown):
        raise AnnotatorNameError(
            f"{shown!r} begins as a formula of a spreadsheet; begin it with a letter"
        )
    scripts = sorted({script for script in map(_script, shown) if script in _LOOKALIKE_SCRIPTS})
    if len(scripts) > 1:
        raise AnnotatorNameError(
            f"{shown!r} mixes {' and '.join(map(str.title, scripts))} letters, which look alike; "
            "write it in one script"
        )
    return shown


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""
