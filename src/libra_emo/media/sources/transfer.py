"""The copying of one file, within limits of size and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final

from fsspec.callbacks import Callback

from libra_emo.common.files import NO_ROOM, NO_WRITING
from libra_emo.common.secrecy.addresses import Address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.addresses import open_system, read_stamp
from libra_emo.media.sources.failures import AddressError, explain_failure
from libra_emo.media.sources.waiting import run_within, try_again

GIGABYTE: Final = 1_000_000_000
MEGABYTE: Final = 1_000_000
_PAGE: Final = "text/html"
_PAGE_STARTS: Final = (b"<!doctype html", b"<html")
_GRACE_SECONDS: Final = 5.0  # in which a copy that runs notices by itself that its time is over


@dataclass(frozen=True)
class Limits:
    """How much a file may have, and how long its copy may take.

    Attributes:
        size: Number of bytes.
        seconds: Time in seconds.
        parameter: Parameters to raise, for messages.
    """

    size: float
    seconds: float
    parameter: str


def film_limits(options: FetchingOptions) -> Limits:
    """Return the limits of a film."""
    return Limits(
        options.max_film_gigabytes * GIGABYTE,
        options.max_film_minutes * 60,
        "preprocessing.fetching.max_film_gigabytes and max_film_minutes",
    )


def beside_limits(options: FetchingOptions) -> Limits:
    """Return the limits of a subtitle, an information file or a manifest."""
    return Limits(
        options.max_beside_megabytes * MEGABYTE,
        options.max_film_minutes * 60,
        "preprocessing.fetching.max_beside_megabytes and max_film_minutes",
    )


@dataclass
class Budget:
    """What all copies of a run may have together.

    Attributes:
        options: Options with the limits.
        fetched: Number of bytes so far.
    """

    options: FetchingOptions
    fetched: int = 0
    _start: float = field(default_factory=time.monotonic)
    _lock: Lock = field(default_factory=Lock)

    def add(self, size: int, shown: str) -> None:
        """Count bytes.

        Raises:
            AddressError: If a limit is exceeded.
        """
        with self._lock:
            self.fetched += size
            fetched = self.fetched
        limit = self.options.max_total_gigabytes
        if fetched > limit * GIGABYTE:
            raise _too_much(
                shown,
                f"all films together have more than {limit:g} GB",
                "preprocessing.fetching.max_total_gigabytes",
            )
        hours = self.options.max_total_hours
        if time.monotonic() - self._start > hours * 3600:
            raise _too_much(
                shown,
                f"all films together take more than {hours:g} h",
                "preprocessing.fetching.max_total_hours",
            )


class _Watch(Callback):  # type: ignore[misc]
    """Ends a copy that exceeds its limits; fsspec calls it after each part."""

    def __init__(self, shown: str, limits: Limits, budget: Budget) -> None:
        super().__init__()
        self._shown, self._limits, self._budget = shown, limits, budget
        self._end = time.monotonic() + limits.seconds
        self._size = 0

    def relative_update(self, inc: int = 1) -> None:
        """Count a part."""
        self._size += inc
        check_size(self._shown, self._size, self._limits)
        if time.monotonic() > self._end:
            raise _too_slow(self._shown, self._limits)
        self._budget.add(inc, self._shown)


def check_size(shown: str, size: int | None, limits: Limits) -> None:
    """Raise if a file is larger than its limit.

    Raises:
        AddressError: Naming the parameter to raise.
    """
    if size is not None and size > limits.size:
        raise _too_much(shown, f"it has more than {_readable(limits.size)}", limits.parameter)


def look_up(address: Address, options: FetchingOptions) -> tuple[Any, str, dict[str, Any]]:
    """Return the file system of an address, the path in it, and the properties of the file.

    Raises:
        AddressError: If the file cannot be reached, or a web page is in its place.
    """
    system, path = open_system(address, options.max_silent_seconds)
    try:
        seconds = 3 * options.max_silent_seconds
        entry: dict[str, Any] = run_within(seconds, lambda: system.info(path), address.shown)
    except Exception as error:  # every file system has its own errors
        failure = explain_failure(address.shown, error)
    else:
        if entry.get("mimetype") == _PAGE:
            raise _page(address.shown)
        return system, path, entry
    raise failure


def copy_file(
    address: Address,
    place: Path,
    limits: Limits,
    budget: Budget,
    is_current: Callable[[str], bool] = lambda stamp: False,
) -> str | None:
    """Copy a file once, and return its stamp; None if the copy is current.

    Args:
        address: Address of the file.
        place: Where the copy is written.
        limits: Limits of the file.
        budget: Limits of all files.
        is_current: Function that says of a stamp whether the copy has it already.

    Raises:
        AddressError: If the file cannot be copied whole.
        OSError: If the copy cannot be written.
    """
    shown = address.shown
    system, path, entry = look_up(address, budget.options)
    stamp = read_stamp(entry)
    if stamp and is_current(stamp):
        return None
    check_size(shown, entry.get("size"), limits)
    watch = _Watch(shown, limits, budget)
    try:
        run_within(
            limits.seconds + _GRACE_SECONDS,
            lambda: system.get_file(path, str(place), callback=watch),
            shown,
        )
    except Exception as error:  # every file system has its own errors
        _raise_own(error)
        failure = explain_failure(shown, error)
    else:
        _check_whole(shown, place, entry.get("size"))
        return stamp
    raise failure


def read_content(address: Address, options: FetchingOptions) -> bytes:
    """Return the content of a small file, such as a manifest; trouble that may pass is waited for.

    Raises:
        AddressError: If it cannot be read whole.
    """
    limits, budget = beside_limits(options), Budget(options)
    with TemporaryDirectory() as folder:
        place = Path(folder) / "copy"
        try_again(lambda: copy_file(address, place, limits, budget), options, options.attempts)
        return place.read_bytes()


def _raise_own(error: BaseException) -> None:
    """Raise an error again that came from the disk of this machine."""
    if not isinstance(error, OSError):
        return
    is_refused = error.errno in NO_WRITING and error.filename is not None
    if error.errno in NO_ROOM or is_refused:
        raise error


def _check_whole(shown: str, copy: Path, size: int | None) -> None:
    """Raise if a copy has another length than its file, or is a web page."""
    if size is not None and copy.stat().st_size != size:
        raise AddressError(
            f"{shown}: it cannot be fetched: it breaks off after {copy.stat().st_size} of {size} "
            "bytes; run again"
        )
    with copy.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PAGE_STARTS):
        raise _page(shown)


def _page(shown: str) -> AddressError:
    message = "the server answers with a web page in place of the file"
    return AddressError(f"{shown}: it cannot be fetched: {message}", retry=False)


def _too_much(shown: str, reason: str, parameter: str) -> AddressError:
    return AddressError(
        f"{shown}: it is not fetched: {reason}; raise {parameter}, or take it out of `films`",
        retry=False,
    )


def _too_slow(shown: str, limits: Limits) -> AddressError:
    return _too_much(shown, f"it takes more than {limits.seconds / 60:g} min", limits.parameter)


def _readable(size: float) -> str:
    return f"{size / GIGABYTE:g} GB" if size >= GIGABYTE else f"{size / MEGABYTE:g} MB"
