"""Modalities of a clip: V is the video, A the audio, T the text of the subtitle.

Configuration spells a set of modalities in letters, such as `VAT`. The names that other tools use
are accepted and mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

MODALITIES: Final = "VAT"  # in the order of the paper's Table 6
NAMES: Final = {"V": "video", "A": "audio", "T": "text"}
_SYNONYMS: Final = {"face": "V", "voice": "A", **{name: letter for letter, name in NAMES.items()}}


def parse_modalities(value: object) -> str:
    """Return a set of modalities in its one spelling, such as `VT`.

    Args:
        value: Letters of V, A and T in any order (`TV`), or names (`video`, `audio`, `text`,
            `face`, `voice`), as one text or as a list of texts.

    Raises:
        ValueError: If a part of it is no modality, or there is none.
    """
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Iterable):
        raise ValueError(f"{value!r} is no set of modalities; use letters of {MODALITIES}")
    letters: set[str] = set()
    for word in (word for text in texts for word in re.split(r"[\s,+]+", str(text)) if word):
        known = _SYNONYMS.get(word.lower(), word.upper())
        if set(known) - set(MODALITIES):
            names = ", ".join(_SYNONYMS)
            raise ValueError(f"{word!r} is no modality; use letters of {MODALITIES}, or {names}")
        letters.update(known)
    if not letters:
        raise ValueError(f"there is no modality; use letters of {MODALITIES}")
    return "".join(letter for letter in MODALITIES if letter in letters)


def _parse(value: Any) -> Any:
    return parse_modalities(value)


Modalities = Annotated[str, BeforeValidator(_parse)]
