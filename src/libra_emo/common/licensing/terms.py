"""The table of licences, and how a licence is found in it by an identifier, a text or an address.

Only what means one licence without doubt is found. `Creative Commons` alone, a family without a
version, or two licences in one text are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from libra_emo.common.options import Options

TABLE: Final = Path(__file__).with_name("spdx_licences.yml")
_ADDRESS: Final = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/((?:licenses|publicdomain)/[a-z-]+/\d\.\d)"
    r"(?:/(?:deed|legalcode)(?:\.[\w-]+)?)?/?",
    re.IGNORECASE,
)


class Terms(Options):
    """What a licence permits and asks for; see the file of the table.

    Attributes:
        copies: Whether copies may be passed on.
        derivatives: Whether excerpts and changed copies may be passed on.
        attribution: Whether the author must be named.
        share_alike: Whether derivatives must have the same licence.
        commercial: Whether commercial use is permitted.
    """

    copies: bool
    derivatives: bool
    attribution: bool
    share_alike: bool
    commercial: bool


class Licence(Options):
    """A licence of the table.

    Attributes:
        spdx: SPDX identifier.
        title: Its name in words.
        address: Where its text is.
        terms: What it permits and asks for.
        texts: Other spellings that mean it.
    """

    spdx: str
    title: str
    address: str
    terms: Terms
    texts: tuple[str, ...] = ()

    @property
    def permits_clips(self) -> bool:
        """Whether clips may be passed on, which are excerpts that were cut and scaled."""
        return self.terms.copies and self.terms.derivatives


@cache
def read_licences() -> Mapping[str, Licence]:
    """Return the licences of the table by their SPDX identifiers."""
    import yaml

    content: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: Licence(spdx=name, **entry) for name, entry in content.items()}


def find_licence(text: str | None) -> Licence | None:
    """Return the licence that a text means; None if it is unknown, empty or not clear.

    Args:
        text: SPDX identifier, name or address of a licence, as a platform or a person wrote it.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    match = _ADDRESS.fullmatch(text.strip())
    return _by_spelling().get(_plain(match[1] if match else text))


@cache
def _by_spelling() -> Mapping[str, Licence]:
    return {
        _plain(text): licence for licence in read_licences().values() for text in _texts(licence)
    }


def _texts(licence: Licence) -> Iterator[str]:
    yield licence.spdx
    yield licence.title
    yield licence.spdx.replace("-", " ")
    match = _ADDRESS.fullmatch(licence.address)
    yield match[1] if match else licence.address
    yield from licence.texts


def _plain(text: str) -> str:
    """Return a text without what does not count: case, spaces, and signs other than + and points.

    A sign between digits counts, so that 4.0 is not 40.
    """
    return re.sub(r"[^\w.+]|_", "", text.casefold())
