import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from libra_emo.common import parts
from libra_emo.common.parts import part_of, remove_abandoned

WRITE = """
import sys
from pathlib import Path
from libra_emo.common.parts import part_of
part = part_of(Path(sys.argv[1]))
part.write_text("half")
print(part, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path):
    """A process that is writing a clip."""
    command = [sys.executable, "-c", WRITE, str(tmp_path / "one.mp4")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.part = Path(process.stdout.readline().strip())
        yield process
        process.kill()


def test_a_part_is_hidden_and_beside_its_file_and_of_one_call_alone(tmp_path):
    path = tmp_path / "one.mp4"
    first, second = part_of(path), part_of(path)
    assert first != second
    assert first.parent == tmp_path
    assert first.name.startswith(".one.mp4.") and first.name.endswith(".part")


def test_what_another_process_writes_is_left_alone_until_it_ends(tmp_path, writer):
    part_of(tmp_path / "two.mp4")
    assert remove_abandoned(tmp_path, ".mp4") == []
    assert writer.part.exists()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert remove_abandoned(tmp_path, ".tar") == []
    assert remove_abandoned(tmp_path, ".mp4") == [writer.part.name]
    assert list(tmp_path.iterdir()) == []


def test_the_first_part_in_a_folder_removes_what_was_abandoned_there(tmp_path, writer):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    part_of(tmp_path / "table.parquet")
    assert list(tmp_path.iterdir()) == []


def test_own_parts_stay(tmp_path):
    part = part_of(tmp_path / "one.mp4")
    part.write_text("half")
    assert remove_abandoned(tmp_path, ".mp4") == []
    assert part.exists()


@pytest.mark.parametrize(("age", "left"), [(60, 1), (2 * parts.ABANDONED_SECONDS, 0)])
def test_a_part_of_another_machine_is_abandoned_when_nothing_is_added(tmp_path, age, left):
    part = tmp_path / ".one.mp4.00000000-1-1-0.part"
    part.write_text("half")
    written = part.stat().st_mtime - age
    os.utime(part, (written, written))
    remove_abandoned(tmp_path)
    assert len(list(tmp_path.iterdir())) == left


def test_a_folder_that_is_a_part_is_removed_whole(tmp_path):
    part = tmp_path / ".student.00000000-1-1-0.part"
    (part / "inner").mkdir(parents=True)
    os.utime(part, (0, 0))
    assert remove_abandoned(tmp_path) == [part.name]
    assert list(tmp_path.iterdir()) == []


def test_files_of_others_with_such_an_ending_are_no_parts(tmp_path):
    for name in (".download.mp4.part", "one.mp4.part", ".one.mp4.part.txt"):
        (tmp_path / name).write_text("")
    assert remove_abandoned(tmp_path) == []
    # in a folder of the project's own they are parts of earlier versions
    assert remove_abandoned(tmp_path, ".mp4") == [".download.mp4.part"]


@pytest.mark.parametrize(
    "name", ["é" * 120 + ".mp4", "a" * 255, "." + "b" * 200, os.fsdecode(b"\xe9" * 200) + ".tar"]
)
def test_a_long_name_leaves_room_for_the_writers(tmp_path, name):
    part = part_of(tmp_path / name)
    assert len(os.fsencode(part.name)) < 255
    part.write_text("half")
    assert remove_abandoned(tmp_path) == []
