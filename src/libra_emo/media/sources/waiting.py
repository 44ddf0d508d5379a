"""Waiting for others: limits of time, and trying again after a while."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.failures import AddressError

logger = logging.getLogger(__name__)

T = TypeVar("T")


def run_within(seconds: float, function: Callable[[], T], shown: str) -> T:
    """Return what a function returns, if it does so within a time.

    A file system that hangs cannot be interrupted: its thread is left behind, and ends with the
    process at the latest.

    Raises:
        AddressError: If the time is over.
    """
    answers: queue.SimpleQueue[tuple[bool, T | BaseException]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((True, function()))
        except BaseException as error:  # handed to the caller
            answers.put((False, error))

    Thread(target=work, name="fetching", daemon=True).start()
    try:
        done, answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise AddressError(
            f"{shown}: it cannot be fetched: there is no answer in {seconds:g} s", retry=False
        ) from None
    if done:
        return answer  # type: ignore[return-value]
    raise answer  # type: ignore[misc]


def try_again(function: Callable[[], T], options: FetchingOptions, attempts: int) -> T:
    """Return what a function returns; after a failure that may pass it is called again.

    The wait doubles each time, unless the server asks for another one.

    Args:
        function: Function that opens an address.
        options: Options that say how long to wait.
        attempts: Number of calls.

    Raises:
        AddressError: The failure of the last call.
    """
    for attempt in range(1, attempts + 1):
        try:
            return function()
        except AddressError as error:
            if not error.retry or attempt == attempts:
                raise
            doubled = options.first_wait_seconds * 2.0 ** (attempt - 1)
            asked = doubled if error.wait_seconds is None else error.wait_seconds
            wait = min(asked, options.max_wait_seconds)
            logger.info("%s; trying again in %.1f s (%d of %d)", error, wait, attempt + 1, attempts)
        time.sleep(wait)
    raise ValueError("attempts must be at least 1")
