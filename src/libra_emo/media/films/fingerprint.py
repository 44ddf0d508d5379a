"""A digest of the code by which films are processed, and of the packages that it is built on."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import metadata
from threading import Lock

from libra_emo.common.code_digests import EVERYTHING, find_reach, source_tree
from libra_emo.common.digests import digest_json

# packages whose other versions may find other cuts or faces, or write other bytes
RESULT_PACKAGES = (
    "av",
    "dlib",
    "dlib-bin",
    "face_recognition",
    "face_recognition_models",
    "numpy",
    "opencv-python-headless",
    "scenedetect",
    "soundfile",
)
# packages whose other versions may find another language
LANGUAGE_PACKAGES = ("py3langid",)


# Films are looked up in threads. If two threads parse source code at once, Python 3.11 may raise a
# SystemError (AST constructor recursion depth mismatch). With the lock one thread parses for all.
_PARSING = Lock()


def fingerprint_listing() -> str:
    """Return a digest that changes when another row of the sources may be made of a film."""
    code = fingerprint_code("libra_emo.media.films.sources_table")  # with the RESULT_PACKAGES
    return digest_json([code, {name: _version(name) for name in LANGUAGE_PACKAGES}])


def fingerprint_code(module: str, excluded: Collection[str] = ()) -> str:
    """Return a digest that changes when a module of this package may give other results.

    It is made of the code and the data files that the module reaches, and of the versions of the
    packages that decide the results. Comments, docstrings and the layout of code change nothing.

    Args:
        module: Name of the module, such as `libra_emo.media.films.process`.
        excluded: Modules that are not part of the digest, since they do not change results.
    """
    with _PARSING:
        return _fingerprint(module, frozenset(excluded))


@cache
def _fingerprint(module: str, excluded: frozenset[str]) -> str:
    tree = source_tree([module.partition(".")[0]])
    reach = find_reach(tree, [(module, EVERYTHING)], excluded)
    return digest_json([reach.digest, {name: _version(name) for name in RESULT_PACKAGES}])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
