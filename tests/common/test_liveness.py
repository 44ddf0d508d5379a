import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from libra_emo.common.liveness import (
    AlreadyHeldError,
    hold,
    is_held,
    is_process_alive,
    name_process,
)

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


NAME = """
import sys
from libra_emo.common.liveness import name_process
print(name_process(), flush=True)
sys.stdin.read()
"""


def test_a_process_is_alive_until_it_ends_however_it_ends():
    command = [sys.executable, "-c", NAME]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        name = process.stdout.readline().strip()
        assert is_process_alive(name) is True
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_process_alive(name) is False
    assert is_process_alive(name_process()) is True


def test_an_id_that_came_again_is_another_process():
    machine, process, start = name_process().split("-")
    assert process == str(os.getpid())
    assert is_process_alive(f"{machine}-{process}-{int(start) - 1}") is False


def test_a_process_of_another_machine_is_unknown():
    assert is_process_alive("00000000-1-1") is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")
def test_a_killed_process_that_nobody_has_reaped_is_not_alive():
    program = "from libra_emo.common.liveness import name_process as n; print(n(), flush=True)"
    child = subprocess.Popen(
        [sys.executable, "-c", f"{program}; input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    name = child.stdout.readline().decode().strip()
    assert is_process_alive(name) is True
    child.kill()
    child.stdout.read()  # ends when the process has ended
    stat = Path(f"/proc/{child.pid}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != "Z":
        pass
    assert is_process_alive(name) is False
    child.communicate()
