"""How a command ends with an error that the user can mend: one line, and a status of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from libra_emo.common.files import NO_ROOM, DiskError
from libra_emo.errors import LibraEmoError

# how libraries say it that pass no number on: the C library, SQLite
FULL = ("No space left on device", "database or disk is full")


class OneLine(click.ClickException):
    """A message and a status, without a traceback; on standard error unless the status is 0."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        """Write the message."""
        click.echo(self.message, file=file, err=self.exit_code != 0)


def user_error(error: BaseException) -> LibraEmoError | None:
    """Return the error that the user can mend, if one is behind this one.

    A disk without room is one, whatever was written when it was found.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, LibraEmoError):
            return seen
        seen = seen.__cause__
    return _full_disk(error)


def _full_disk(error: BaseException) -> DiskError | None:
    seen: BaseException | None = error
    while seen is not None:
        text = str(seen)
        if getattr(seen, "errno", None) in NO_ROOM or any(sign in text for sign in FULL):
            name = getattr(seen, "filename", None)
            place = f"{name}: " if name else ""
            rest = "make room and run again: what is done stays done"
            return DiskError(f"{place}the disk is full; {rest}")
        # programs that write in their own way raise errors of other kinds meanwhile
        seen = seen.__cause__ or seen.__context__
    return None


@contextmanager
def one_line_ending() -> Iterator[None]:
    """End the command with one line and the error's status; other errors pass as they are."""
    try:
        yield
    except Exception as error:
        found = user_error(error)
        if found is None:
            raise
        raise OneLine(str(found), found.exit_code) from error


def one_line_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command's function that ends as `one_line_ending` says."""

    @wraps(function)
    def ending(*args: Any, **kwargs: Any) -> Any:
        with one_line_ending():
            return function(*args, **kwargs)

    return ending
