"""Whether a run ends when clips wait for people, or stays until their votes are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from libra_emo.annotation.campaigns import PeopleNeeded

Wait = Callable[[PeopleNeeded], None]
_waits: list[Wait] = []


@contextmanager
def staying(wait: Wait) -> Iterator[None]:
    """Let runs in this block stay when clips wait for people.

    Args:
        wait: Returns when the store is to be read again.
    """
    _waits.append(wait)
    try:
        yield
    finally:
        _waits.pop()


def wait_or_end(needed: PeopleNeeded) -> None:
    """Return when the store is to be read again.

    Raises:
        PeopleNeeded: If the run does not stay.
    """
    if not _waits:
        raise needed
    _waits[-1](needed)
