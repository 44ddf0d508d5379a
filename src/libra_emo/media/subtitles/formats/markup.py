"""The tags and texts of XML and HTML.

The markup is read tag by tag instead of as a tree, so that broken files give what is whole in them,
and neither nesting nor entities can make the reading long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from libra_emo.media.subtitles.cleaning import unescape

_TAG = re.compile(r"(/?)([A-Za-z][\w:.-]*)")
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


@dataclass(frozen=True)
class Piece:
    """A tag, or a text between two tags.

    Attributes:
        name: Name of the tag in lower case and without prefix; empty for a text.
        attributes: Attributes of the tag, named in the same way.
        text: Text; empty for a tag.
        opens: Whether the tag opens an element.
        closes: Whether the tag closes an element; an empty element does both.
    """

    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    opens: bool = False
    closes: bool = False


def split_markup(text: str) -> Iterator[Piece]:
    """Yield the tags and texts of XML or HTML, in time that is linear in their length."""
    place = 0
    while place < len(text):
        begin = text.find("<", place)
        begin = len(text) if begin < 0 else begin
        if begin > place:
            yield Piece(text=unescape(text[place:begin]))
        if begin == len(text):
            return
        end_mark = "-->" if text.startswith("<!--", begin) else ">"
        end_mark = "]]>" if text.startswith("<![CDATA[", begin) else end_mark
        end = text.find(end_mark, begin)
        if end < 0:
            return
        inside = text[begin + 1 : end]
        if end_mark == "]]>":
            yield Piece(text=inside.removeprefix("![CDATA["))
        elif end_mark == ">" and (match := _TAG.match(inside)):
            attributes = {
                _local(found[1]): unescape(found[2] or found[3] or found[4] or "")
                for found in _ATTRIBUTE.finditer(inside, match.end())
            }
            closes = bool(match[1]) or inside.endswith("/")
            yield Piece(_local(match[2]), attributes, "", not match[1], closes)
        place = end + len(end_mark)


def _local(name: str) -> str:
    """Return a name in lower case, without its prefix."""
    return name.rpartition(":")[2].lower()
