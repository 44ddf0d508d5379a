"""Where `kedro annotate` serves a project at present, for the other commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from libra_emo.common.files import write_text
from libra_emo.common.liveness import AlreadyHeldError, hold, is_held

ADDRESS: Final = Path("data/.annotation_server")
LOCK: Final = Path("data/.annotation_server.lock")


@contextmanager
def announced(project: Path, address: str) -> Iterator[None]:
    """Announce a server's address as long as the block runs; the first of several servers wins."""
    try:
        lock = hold(project / LOCK, wait_seconds=2.0)
    except AlreadyHeldError:
        yield
        return
    with lock:
        write_text(project / ADDRESS, address)
        yield
        (project / ADDRESS).unlink(missing_ok=True)


def find_address(project: Path) -> str | None:
    """Return the address of the server that runs, or None if there is none."""
    path = project / ADDRESS
    if not path.exists() or not is_held(project / LOCK):
        return None
    return path.read_text(encoding="utf-8").strip() or None
