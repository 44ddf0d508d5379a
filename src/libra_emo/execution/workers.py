"""Processes of this machine that work one call each at a time, and may die of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, LifoQueue
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

from libra_emo.errors import LibraEmoError

T = TypeVar("T")
P = ParamSpec("P")

PARENT_SECONDS = 0.2  # between a worker's looks at whether its parent lives
_CONTEXT = multiprocessing.get_context("spawn")


class WorkerDied(LibraEmoError):
    """A worker process died while it worked on a call."""


class LocalExecutor(Executor):
    """Calls functions in processes of this machine.

    The standard library's pool is lost, with all that it works on, when one of its processes dies.
    Here the death of a process costs its own call alone, which raises `WorkerDied`; the next
    call gets a fresh process.

    Args:
        workers: How many calls run side by side; processes start when they are needed.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._idle: LifoQueue[_Worker] = LifoQueue()
        self._living: set[_Worker] = set()
        self._lock = Lock()
        self._ended = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call; it and its result travel between processes."""
        return self._threads.submit(self._call, function, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: when their work is done, or at once."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        with self._lock:
            self._ended = True
            for worker in self._living:
                worker.end(at_once=not wait)
            self._living.clear()
        self._threads.shutdown()

    def _call(self, function: Callable[..., T], args: Any, kwargs: Any) -> T:
        worker = self._take()
        try:
            result: T = worker.call(function, args, kwargs)
            return result
        finally:
            self._idle.put(worker)

    def _take(self) -> _Worker:
        with suppress(Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker.is_alive():
                    return worker
                with self._lock:
                    self._living.discard(worker)
        with self._lock:
            if self._ended:
                raise WorkerDied("the executor was shut down")
            worker = _Worker()
            self._living.add(worker)
            return worker


class _Worker:
    """One process, and the pipe to it."""

    def __init__(self) -> None:
        self._connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()  # else its end would not be noticed here

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def call(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        try:
            self._connection.send((function, args, kwargs))
            done, answer = self._connection.recv()
        except (EOFError, OSError) as error:
            self._process.join()
            raise WorkerDied(f"a worker process ended {_how(self._process.exitcode)}") from error
        if not done:
            raise answer
        return answer

    def end(self, at_once: bool) -> None:
        if at_once:
            self._process.terminate()
        else:
            self._connection.close()  # it ends when it looks for its next call
        self._process.join()


def _serve(connection: Connection, parent: int) -> None:
    """Answer calls until there is nobody left who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _end_with(parent)
    while True:
        try:
            function, args, kwargs = connection.recv()
            answer: tuple[bool, Any] = True, function(*args, **kwargs)
        except EOFError:
            return
        except BaseException as error:
            error.add_note("in a worker process:\n" + traceback.format_exc())
            answer = False, error
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:
            connection.send((False, TypeError(f"{answer[1]!r} cannot leave its process: {error}")))


def _end_with(parent: int) -> None:
    """End this worker when the process that started it is gone, killed perhaps."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os._exit(1)

    Thread(target=watch, name="end with the parent", daemon=True).start()


def _how(code: int | None) -> str:
    """Return how a process ended, in words."""
    if code is None or code >= 0:
        return f"with status {code}"
    try:
        return f"by signal {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
