"""The process pool of this project, in which the death of a process costs one call only.

The pools of the standard library and of loky cannot be used where a call may crash its process, as
a broken film or a lack of memory can: if one process dies, both mark the whole pool as broken and
fail every call that is pending or running (`BrokenProcessPool`, in loky `TerminatedWorkerError`),
so it is unknown which call was the cause. `pebble` isolates calls, but its licence is LGPL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from queue import Empty, LifoQueue
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

from libra_emo.errors import LibraEmoError

T = TypeVar("T")
P = ParamSpec("P")

ENDING_SECONDS = 5.0  # that a worker has to leave a call that is given up
# a server imports modules once, and every worker is a fork of it, which may use CUDA
_CONTEXT = multiprocessing.get_context("forkserver")


class WorkerDied(LibraEmoError):
    """A worker process died while it worked on a call."""


class CallTooLong(WorkerDied):
    """A call took longer than its limit, so its process was ended."""


class LocalExecutor(Executor):
    """Executor that calls functions in processes of this machine.

    If a process dies, its call raises `WorkerDied`, all other calls go on, and the next call gets a
    new process. Processes are not forks of this one, so they may use CUDA.

    Args:
        workers: Maximum number of calls at the same time; processes start when they are needed.
        modules: Modules that are imported once for all processes. They have no effect after the
            first process of any executor was started.
    """

    def __init__(self, workers: int, modules: Sequence[str] = ()) -> None:
        self.workers = workers
        if modules:
            _CONTEXT.set_forkserver_preload(list(modules))
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._idle: LifoQueue[_Worker] = LifoQueue()
        self._living: set[_Worker] = set()
        self._lock = Lock()
        self._ended = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call; arguments and result must be picklable."""
        return self._threads.submit(self._call, function, args, kwargs, None)

    def submit_within(self, seconds: float, function: Callable[[Any], T], item: Any) -> Future[T]:
        """Return the future of a call; if it takes longer, its process is ended.

        The call then raises `CallTooLong`. The time begins when a process takes the call up.
        """
        return self._threads.submit(self._call, function, (item,), {}, seconds)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, after their calls if `wait` is true, or else at once."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        with self._lock:
            self._ended = True
            for worker in self._living:
                worker.end(at_once=not wait)
            self._living.clear()
        self._threads.shutdown()

    def _call(self, function: Callable[..., T], args: Any, kwargs: Any, limit: float | None) -> T:
        worker = self._get_worker()
        try:
            result: T = worker.call(function, args, kwargs, limit)
            return result
        finally:
            self._idle.put(worker)

    def _get_worker(self) -> _Worker:
        """Return an idle worker that is alive, or a new one."""
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
    """One process, and the pipe to it.

    Two threads may wait for the process at once, the one of its call and the one that ends it. The
    system gives the exit status to one of them only, so both ask for it under a lock.
    """

    def __init__(self) -> None:
        self._connection, child_end = _CONTEXT.Pipe()
        # the server has the environment of its own start
        arguments = (child_end, dict(os.environ))
        self._process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        child_end.close()  # otherwise the end of the process would not close the pipe
        self._status_lock = Lock()

    def is_alive(self) -> bool:
        with self._status_lock:
            return self._process.is_alive()

    def call(
        self, function: Callable[..., Any], args: Any, kwargs: Any, limit: float | None
    ) -> Any:
        try:
            self._connection.send((function, args, kwargs))
            if limit is not None and not self._wait_for_answer(limit):
                self.end(at_once=True)
                raise CallTooLong(f"it took longer than its limit of {limit:.0f} s")
            done, answer = self._connection.recv()
        except (EOFError, OSError) as error:
            status = _describe_exit(self._wait_for_exit())
            raise WorkerDied(f"a worker process ended {status}") from error
        if not done:
            raise answer
        return answer

    def _wait_for_answer(self, limit: float) -> bool:
        """Return whether there is an answer, or an end of the process, within the limit."""
        return self._connection.poll(limit)

    def end(self, at_once: bool) -> None:
        if at_once:
            self._process.terminate()
            wait([self._process.sentinel], ENDING_SECONDS)
            self._process.kill()  # where it hangs in a library
        else:
            self._connection.close()  # the process ends when it waits for its next call
        self._wait_for_exit()

    def _wait_for_exit(self) -> int | None:
        """Wait until the process has ended, and return its exit code."""
        wait([self._process.sentinel])
        with self._status_lock:
            self._process.join()
            return self._process.exitcode


class _GivenUp(BaseException):
    """The call of this worker is given up; raised, so that what is half written is removed."""


def _give_up(*_: object) -> None:
    raise _GivenUp


def _serve(connection: Connection, environment: Mapping[str, str]) -> None:
    """Serve calls until the pipe is closed, or the worker is asked to end."""
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent
    signal.signal(signal.SIGTERM, _give_up)
    _exit_with_parent()
    try:
        _serve_calls(connection)
    except _GivenUp:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)


def _serve_calls(connection: Connection) -> None:
    while True:
        try:
            function, args, kwargs = connection.recv()
            answer: tuple[bool, Any] = True, function(*args, **kwargs)
        except EOFError:
            return
        except _GivenUp:
            raise
        except BaseException as error:
            error.add_note("in a worker process:\n" + traceback.format_exc())
            answer = False, error
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:
            connection.send(
                (False, TypeError(f"the result {answer[1]!r} cannot be pickled: {error}"))
            )


def _exit_with_parent() -> None:
    """Start a thread that ends this worker when its parent process has ended or was killed."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, name="exit with the parent", daemon=True).start()


def _describe_exit(code: int | None) -> str:
    """Return in words how a process ended."""
    if code is None or code >= 0:
        return f"with status {code}"
    try:
        return f"by signal {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
