"""Calls on a Dask cluster, as an executor of the standard library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from threading import Lock
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class ClusterExecutor(Executor):
    """Calls functions on the workers of a Dask cluster.

    Dask's own executor looks at the state of a call after it has fetched the call's result; when
    the worker has died meanwhile, that state is `lost` and the good result is taken for an error.
    Here what was fetched counts. A result that is lost before it is fetched is waited for again:
    the scheduler repeats the call on another worker.

    Args:
        client: A `distributed.Client`; whoever opened it closes it.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._calls: set[Future[Any]] = set()
        self._lock = Lock()
        self._ended = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call; it and its result travel between machines."""
        call: Future[T] = Future()
        with self._lock:
            if self._ended:
                raise RuntimeError("the executor was shut down")
            self._calls.add(call)
        # a call that is tried again must run again, so no result may be taken for another's
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
        """Take no more calls; cancel those that are left, or wait for them."""
        with self._lock:
            self._ended = True
            left = list(self._calls)
        if cancel_futures:
            for call in left:
                call.cancel()
        if wait:
            wait_for(left)


async def _fetch(client: Any, remote: Any, call: Future[Any]) -> None:
    """Give a call its outcome, once that is here."""
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
