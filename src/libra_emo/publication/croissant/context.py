"""The JSON-LD context of Croissant 1.1, with the vocabularies that a release uses besides."""

from __future__ import annotations

from typing import Any, Final

CONFORMS_TO: Final = (
    "http://mlcommons.org/croissant/1.1",
    "http://mlcommons.org/croissant/RAI/1.0",
)
PREFIXES: Final = {
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
}
_TERMS: Final = (
    *("annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty"),
    *("excludes", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
    *("recordSet", "references", "regex", "readLines", "sdVersion", "separator", "source"),
    *("subField", "transform", "unArchive", "value"),
    # of earlier versions; mlcroissant 1.1.1 warns where they are missing
    *("path", "repeated", "replace", "samplingRate"),
)


def make_context() -> dict[str, Any]:
    """Return the context."""
    return {
        "@language": "en",
        "@vocab": PREFIXES["sc"],
        **PREFIXES,
        **{name: f"cr:{name}" for name in _TERMS},
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
    }
