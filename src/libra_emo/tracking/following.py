"""Following the measurements of trainings as their programs write them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from libra_emo.errors import LibraEmoError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.tracking.fine_tuning import read_points
from libra_emo.tracking.live import LiveTraining

POLL_SECONDS = 2.0
FOLD = "fold"  # trainings that serve cross-fitting alone have no run of their own

logger = logging.getLogger(__name__)


class Follower:
    """Logs what is measured in the trainings of a folder, in a thread, until it is stopped.

    An error while logging is a warning and ends no training.

    Args:
        work: Folder of unfinished trainings.
        open_run: Returns the run of the training with a digest.
    """

    def __init__(self, work: Path, open_run: Callable[[str], LiveTraining]) -> None:
        self._work = work
        self._open_run = open_run
        self._runs: dict[str, LiveTraining] = {}
        self._stopped = threading.Event()
        self._began = time.time()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self, failed: bool) -> None:
        """Log what was measured last, and how the trainings ended."""
        self._stopped.set()
        self._thread.join()
        try:
            for run in self._runs.values():
                run.end(failed)
        except Exception as error:
            logger.warning("how the training ended was not logged in MLflow: %s", error)

    def _follow(self) -> None:
        try:
            while not self._stopped.wait(POLL_SECONDS):
                self._log_new()
            self._log_new()
        except Exception as error:
            logger.warning("the training is not logged in MLflow while it runs: %s", error)
            logger.debug("MLflow", exc_info=True)

    def _log_new(self) -> None:
        for path in sorted(self._work.glob(f"*/{files.MEASUREMENTS}")):
            points = read_points(path) if self._is_ours(path) else []
            if points:
                digest = path.parent.name
                if digest not in self._runs:
                    self._runs[digest] = self._open_run(digest)
                self._runs[digest].log(points)

    def _is_ours(self, path: Path) -> bool:
        """Return whether a file was written since the start, and not by a fold's training."""
        try:
            training = files.read_specification(path.parent / files.SPECIFICATION)
            return path.stat().st_mtime >= self._began and not training.name.startswith(FOLD)
        except (OSError, LibraEmoError):
            return False
