"""The texts of the pages, in English and Chinese."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml

LANGUAGES: Final = ("en", "zh")
FOLDER: Final = Path(__file__).parent


@cache
def read_texts(language: str) -> dict[str, str]:
    """Return the texts of a language by key.

    Args:
        language: One of `LANGUAGES`.
    """
    content = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return {str(key): str(text) for key, text in content.items()}


def choose_language(chosen: str | None, accepted: str) -> str:
    """Return the language of a page.

    Args:
        chosen: What the person chose, if anything.
        accepted: The browser's header Accept-Language.
    """
    if chosen in LANGUAGES:
        return str(chosen)
    first = accepted.strip().casefold().split(",")[0]
    return "zh" if first.startswith("zh") else "en"
