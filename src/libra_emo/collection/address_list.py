"""The list of films: a CSV file with their addresses."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libra_emo.collection.errors import CollectionError
from libra_emo.common.addresses.normal_form import normalise_address
from libra_emo.common.secrecy.addresses import show_address
from libra_emo.languages.codes import normalise_language

ADDRESS_NAMES: Final = ("address", "url", "link", "webpage_url")
# a login before the host, or a parameter that is named like a secret
_SECRETS: Final = re.compile(
    r"//[^/?#]*@|[?&][^=&#]*(?:token|key|secret|passw|auth|signature|credential)[^=&#]*=",
    re.IGNORECASE,
)
_SEPARATORS: Final = ",;\t|"
_ENCODINGS: Final = ("utf-8-sig", "utf-16", "gb18030")


@dataclass(frozen=True)
class Listed:
    """A film of the list.

    Attributes:
        address: Its address as it may be shown, in the form that all its addresses share.
        asked: The address that is asked, as it is in the list.
        theme: Its theme, if the list names one.
        language: Its language, if the list names one.
        trouble: Why the row is no film; None if it is one.
    """

    address: str
    asked: str
    theme: str | None = None
    language: str | None = None
    trouble: str | None = None


def read_addresses(path: Path) -> list[Listed]:
    """Return the films of a list in its order, each once; a bad row costs only itself.

    Raises:
        CollectionError: If the file cannot be read, or has no column of addresses.
    """
    rows = csv.DictReader(io.StringIO(text := _read(path)), delimiter=_find_separator(text))
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    column = next((names[name] for name in ADDRESS_NAMES if name in names), None)
    if column is None:
        raise CollectionError(f"{path}: has no column `address` in its first line")
    films: dict[str, Listed] = {}
    for number, row in enumerate(rows, 2):
        asked = (row.get(column) or "").strip()
        if not any(_texts(row)):
            continue
        facts = {name: (row.get(names.get(name, "")) or "").strip() for name in _FACTS}
        film = _read_row(asked, facts, number)
        films.setdefault(film.address, film)
    return list(films.values())


_FACTS: Final = ("theme", "language")


def _read_row(asked: str, facts: dict[str, str], number: int) -> Listed:
    if not re.match(r"https?://|www\.|youtu\.be/", asked, re.IGNORECASE):
        return Listed(f"row {number}: {asked[:100]}", asked, trouble="no address of the web")
    form = normalise_address(asked)
    if _SECRETS.search(asked):
        shown = show_address(form)
        return Listed(shown, "", trouble="an address with a login or a token; use cookies instead")
    language = normalise_language(facts["language"]) if facts["language"] else None
    return Listed(form, asked, facts["theme"].lower() or None, language)


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CollectionError(
            f"{path}: the list of films cannot be read ({error.strerror}); make a CSV file with "
            "the column `address`, or name it in `collection.addresses`"
        ) from error
    codings = _ENCODINGS if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return content.decode(coding).replace("\0", "").lstrip("\ufeff")
        except UnicodeError:
            continue
    raise CollectionError(f"{path}: is not text in UTF-8")


def _find_separator(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count)


def _texts(row: dict[str, object]) -> list[str]:
    return [value.strip() for value in row.values() if isinstance(value, str)]
