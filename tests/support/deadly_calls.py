"""Calls that end their process, for workers to try."""

import os
import signal
import time
from threading import Timer

from libra_emo.common.files import new_file


def die_of_three(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    return number


def die_once(path):
    if path.name == "1" and not path.exists():
        path.write_text("begun")
        os.kill(os.getpid(), signal.SIGKILL)
    path.write_text(f"done, the last of {len(list(path.parent.iterdir()))}")
    return path.name


def die_after_first_result(path):
    """End this process shortly after a result, or before it, of every third path."""
    if int(path.name) % 3 == 1 and not path.exists():
        path.write_text("begun")
        Timer(int(path.name) / 1000, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return path.name


def raise_notes(_):
    return lambda: None


def linger(seconds):
    if seconds < 0:
        raise ValueError("no such span")
    time.sleep(seconds)
    return os.getpid()


def write_slowly(folder):
    """Write a file beside its place for longer than anybody waits."""
    with new_file(folder / "table") as part:
        part.write_text("half")
        time.sleep(60)


def hang_in_a_library(folder):
    """Be deaf to signals, as a library's code may be."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    (folder / ".table.part").write_text("half")
    time.sleep(60)
