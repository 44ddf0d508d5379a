"""The check of a description against the names of its vocabularies, and of its references.

mlcroissant passes over properties that it does not know, misspelt ones too. Here every property,
type and value must be a name of its vocabulary, and every reference must lead to something.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from libra_emo.publication.croissant.context import make_context

TERMS: Final = Path(__file__).with_name("croissant_terms.yml")
_KEYWORDS: Final = frozenset({"@context", "@type", "@id"})
_TYPED: Final = ("@type", "dataType")


def check_names(document: dict[str, Any]) -> list[str]:
    """Return what is wrong with the names of a description, a line each; empty if nothing is."""
    found = [f"{name} is missing" for name in _terms()["required"] if not _is_there(document, name)]
    if document.get("@context") != make_context():
        found.append("@context is not that of Croissant 1.1 with the vocabularies of a release")
    body = {name: value for name, value in document.items() if name != "@context"}
    known = {node["@id"] for _, node in _walk(body, "") if len(node) > 1 and "@id" in node}
    for place, node in _walk(body, ""):
        found += [f"{place}: {fault}" for fault in _check_node(node, known)]
    return found


def _is_there(document: dict[str, Any], name: str) -> bool:
    return document.get(name) not in (None, "", [], {})


def _walk(value: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every object of a description with its place, but not the data of record sets."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from _walk(part, f"{place}[{number}]")
    elif isinstance(value, dict):
        yield place or "the dataset", value
        for name, part in value.items():
            if name != "data":
                yield from _walk(part, f"{place}.{name}".lstrip("."))


def _check_node(node: dict[str, Any], known: set[str]) -> Iterator[str]:
    for name, value in node.items():
        if name not in _KEYWORDS and not _is_name(name, "properties"):
            yield f"{name} is no property of its vocabulary"
        if name in _TYPED:
            for kind in value if isinstance(value, list) else [value]:
                if not _is_name(kind, "types"):
                    yield f"{kind} is no type of its vocabulary"
    if set(node) == {"@id"} and node["@id"] not in known and not _is_name(node["@id"], "values"):
        yield f"{node['@id']} leads nowhere"
    property_name = node.get("equivalentProperty")
    if property_name is not None and not _is_name(property_name, "properties"):
        yield f"{property_name} is no property of its vocabulary"


def _is_name(name: Any, kind: str) -> bool:
    if not isinstance(name, str):
        return False
    prefix, colon, term = name.rpartition(":")
    if colon:
        return term in _terms().get(prefix, {}).get(kind, ())
    places = ("sc", "cr", "dct") if kind == "properties" else ("sc",)
    return any(name in _terms()[place].get(kind, ()) for place in places)


@cache
def _terms() -> dict[str, Any]:
    import yaml

    terms: dict[str, Any] = yaml.safe_load(TERMS.read_text(encoding="utf-8"))
    return terms
