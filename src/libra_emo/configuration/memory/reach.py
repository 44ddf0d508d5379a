"""What functions reach, remembered from one command to the next while no source file changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from libra_emo.common.code_digests import SourceTree
from libra_emo.common.digests import digest_json
from libra_emo.common.files import write_json

REACH_FILE = Path("data/02_intermediate/.reach.json")
Starts = Collection[tuple[str, str]]


class ReachMemory:
    """Remembers in a file which modules and data files functions reach, with their digests.

    To follow all imports takes two seconds, to read the source files a tenth of one. What was found
    counts as long as every file is the same byte by byte.

    Args:
        project: The project's folder.
    """

    def __init__(self, project: Path) -> None:
        self._path = project / REACH_FILE
        self._known: dict[str, dict[str, str]] = {}
        self._used: dict[str, dict[str, str]] = {}
        with suppress(OSError, ValueError, TypeError):
            self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))

    def find(
        self, tree: SourceTree, starts: Starts, search: Callable[[], dict[str, str]]
    ) -> dict[str, str]:
        """Return module or data file → digest of what is reached in it.

        Args:
            tree: The source files.
            starts: Module and name of each function or class.
            search: Function that follows the imports, called if the answer is not known.
        """
        key = digest_json([tree.digest, sys.version_info[:2], sorted(starts)])
        if key not in self._used:
            self._used[key] = self._known[key] if key in self._known else search()
        return self._used[key]

    def write(self) -> None:
        """Keep what was used, in a project that has a folder for it."""
        if self._used.keys() != self._known.keys() and self._path.parent.is_dir():
            write_json(self._path, self._used)
