"""A training that was killed ends as one that was not."""

import signal
import subprocess
import sys
import textwrap
import time
from hashlib import sha256
from pathlib import Path

import pytest
from support.tiny_training import LABELS, draw_shards, options, write_rows

from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.runs import train_once

pytestmark = pytest.mark.slow

TUNING = {"lora": {"rank": 4, "alpha": 8, "dropout": 0.1}, "epochs": 5, "batch_clips": 2}
PARENT = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.tiny_training import LABELS, options, write_rows
from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.training.runs import train_once
shards, work = Path(sys.argv[2]), Path(sys.argv[3])
labels = eval(sys.argv[4])
train_once(write_rows(labels), list(labels.values()), [], LABELS, shards,
           options(**{tuning}), 7, work, "killed")
"""


def digest(trained):
    paths = sorted(trained.weights.glob("*.safetensors"))
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def learn(labels, shards, work):
    rows, known = write_rows(labels), list(labels.values())
    return train_once(rows, known, [], LABELS, shards, options(**TUNING), 7, work, "tiny")


def test_killed_in_an_epoch_and_run_again_gives_the_same_weights_to_the_last_bit(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=18)
    undisturbed = learn(labels, reader.folder, tmp_path / "undisturbed")
    work = tmp_path / "killed"
    code = textwrap.dedent(PARENT).replace("{tuning}", repr(TUNING))
    tests = Path(__file__).parents[3]
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tests), str(reader.folder), str(work), repr(labels)]
    )
    run = wait_for_step(work, parent, 5)  # of 45, nine an epoch
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert files.read_result(run) is None, "the kill came too late to disturb anything"
    wait_for_silence(run)
    last = checkpoints.last_whole(run)
    assert last is not None and 0 < checkpoints.step_of(last) < 45
    again = learn(labels, reader.folder, work)
    assert again.folder == run
    assert again.result["from"] == checkpoints.step_of(last)
    assert digest(again) == digest(undisturbed)
    lines = read_lines(run / files.MEASUREMENTS)
    assert [line["step"] for line in lines] == list(range(1, 46))


def wait_for_step(work, parent, step):
    """Return the training's folder once it has come so far."""
    while parent.poll() is None:
        for path in work.glob(f"*/{files.MEASUREMENTS}"):
            if any(line["step"] >= step for line in read_lines(path)):
                return path.parent
        time.sleep(0.02)
    raise AssertionError("the training ended before it could be killed")


def wait_for_silence(run):
    """Wait until the killed starter's program has seen that it is alone."""
    deadline = time.monotonic() + 20
    path = run / files.MEASUREMENTS
    size, since = path.stat().st_size, time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < 4:
        if path.stat().st_size != size:
            size, since = path.stat().st_size, time.monotonic()
        time.sleep(0.1)
    assert files.read_result(run) is None, "the program went on without its starter"
