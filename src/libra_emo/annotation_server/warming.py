"""Loads what leads' pages and exports need, once a server process answers its first requests."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Final

AFTER_SECONDS: Final = 1.0
# pandas and what goes with it: as much work as all else that a process loads
MODULES: Final = (
    "libra_emo.annotation_server.reports.campaigns",
    "libra_emo.annotation_server.reports.exports",
)


@contextmanager
def warmed(after_seconds: float = AFTER_SECONDS) -> Iterator[None]:
    """Load the modules a moment after the block begins, in a thread, so that no request waits.

    Args:
        after_seconds: How long the first requests have the process for themselves.
    """
    timer = threading.Timer(after_seconds, warm)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def warm() -> None:
    """Load the modules; they stay, so that no later search for garbage looks through them."""
    for name in MODULES:
        import_module(name)
    gc.collect()
    gc.freeze()
