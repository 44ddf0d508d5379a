import signal
import subprocess
import sys

import pytest

from libra_emo.common.liveness import AlreadyHeldError, hold, is_held

HOLD = """
import sys, time
from pathlib import Path
from libra_emo.common.liveness import hold
lock = hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_until_it_is_released(tmp_path):
    path = tmp_path / "some folder" / "running.lock"
    lock = hold(path)
    assert is_held(path)
    lock.release()
    assert not is_held(path)


def test_a_block_ends_it_too(tmp_path):
    with hold(tmp_path / "running.lock"):
        assert is_held(tmp_path / "running.lock")
    assert not is_held(tmp_path / "running.lock")


def test_a_file_that_is_missing_is_held_by_nobody_and_not_made(tmp_path):
    assert not is_held(tmp_path / "running.lock")
    assert list(tmp_path.iterdir()) == []


def test_a_second_holder_is_refused(tmp_path):
    with hold(tmp_path / "running.lock"):
        with pytest.raises(AlreadyHeldError, match=r"running\.lock: another process"):
            hold(tmp_path / "running.lock", wait_seconds=0.1)


def test_a_kill_frees_the_lock_of_another_process(tmp_path):
    path = tmp_path / "running.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        assert is_held(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not is_held(path)
