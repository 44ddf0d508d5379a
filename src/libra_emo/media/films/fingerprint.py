"""A digest of the code by which films are processed, and of the packages that it is built on."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import metadata

from libra_emo.common.code_digests import EVERYTHING, find_reach, source_tree
from libra_emo.common.digests import digest_json

# packages whose next version may see another cut or face, or write other bytes
DECIDING = (
    "av",
    "dlib",
    "dlib-bin",
    "face_recognition",
    "face_recognition_models",
    "numpy",
    "opencv-python-headless",
    "pysubs2",
    "scenedetect",
    "soundfile",
)


@cache
def digest_rules(module: str, besides: Collection[str] = ()) -> str:
    """Return a digest that changes when a module of this package may give other results.

    It is made of the code and the data files that the module reaches, and of the versions of the
    packages that decide about results. Comments, docstrings and the code's layout change nothing.

    Args:
        module: Name of the module, such as `libra_emo.media.films.process`.
        besides: Modules whose code is left out, since it does not change these results.
    """
    tree = source_tree([module.partition(".")[0]])
    reach = find_reach(tree, [(module, EVERYTHING)], besides)
    return digest_json([reach.digest, {name: _version(name) for name in DECIDING}])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
