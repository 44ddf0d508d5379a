"""An executor, as in the standard library, whose calls run on a Dask cluster."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from threading import Lock, Timer
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

TOO_LONG_STATUS = 70  # with which a worker ends whose call took too long


class ClusterExecutor(Executor):
    """Executor that calls functions on the workers of a Dask cluster.

    Dask's own executor checks the state of a call after it has fetched the result. If the worker
    has died in the meantime, the state is `lost`, and the good result becomes an error. This
    executor accepts every result that was fetched. If a result is lost before it is fetched, the
    scheduler repeats the call on another worker, and the executor waits for it.

    Args:
        client: A `distributed.Client`, which the caller closes.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._calls: set[Future[Any]] = set()
        self._lock = Lock()
        self._ended = False

    def submit_within(self, seconds: float, function: Callable[[Any], T], item: Any) -> Future[T]:
        """Return the future of a call; if it takes longer, its worker is ended.

        The cluster then repeats the call on other workers, and gives it up in the end. A worker
        that nobody restarts is not ended, so there the call has no limit.
        """
        return self.submit(_call_within, seconds, function, item)

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call; arguments and result must be picklable."""
        call: Future[T] = Future()
        with self._lock:
            if self._ended:
                raise RuntimeError("the executor was shut down")
            self._calls.add(call)
        # `pure=False`: equal calls run separately, because a repeated call must run again
        remote = self._client.submit(function, *args, pure=False, **kwargs)

        def forget(call: Future[T]) -> None:
            with self._lock:
                self._calls.discard(call)
            if call.cancelled() and remote.status != "cancelled":
                self._client.loop.add_callback(remote.cancel, asynchronous=True)

        call.add_done_callback(forget)
        self._client.loop.add_callback(_fetch, self._client, remote, call)
        return call

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Refuse further calls, and cancel the remaining ones or wait for them."""
        with self._lock:
            self._ended = True
            remaining = list(self._calls)
        if cancel_futures:
            for call in remaining:
                call.cancel()
        if wait:
            wait_for(remaining)


async def _fetch(client: Any, remote: Any, call: Future[Any]) -> None:
    """Wait for the outcome of a remote call, and set it on the future."""
    try:
        result = await client.gather(remote, asynchronous=True)
    except (CancelledError, asyncio.CancelledError):
        call.cancel()
        call.set_running_or_notify_cancel()
    except Exception as error:
        if call.set_running_or_notify_cancel():
            call.set_exception(error)
    else:
        if call.set_running_or_notify_cancel():
            call.set_result(result)


def _call_within(seconds: float, function: Callable[[Any], T], item: Any) -> T:
    """Return what a function returns; after the limit this worker is ended, if it is restarted."""
    from distributed import get_worker

    if get_worker().nanny is None:
        return function(item)
    clock = Timer(seconds, os._exit, (TOO_LONG_STATUS,))
    clock.daemon = True
    clock.start()
    try:
        return function(item)
    finally:
        clock.cancel()
