"""Measurements are logged as they are written, whoever writes them and wherever they go."""

import json
import time

import pytest

from libra_emo.common.files import write_json
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.specification import Specification
from libra_emo.tracking import following
from libra_emo.tracking.following import Follower


class Logged:
    def __init__(self):
        self.points, self.ended = [], None

    def log(self, points):
        self.points = list(points)

    def end(self, failed):
        self.ended = failed


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(following, "POLL_SECONDS", 0.02)


def begin(work, digest, name="fine-tuning"):
    run = work / digest
    run.mkdir()
    given = Specification(
        name=name, multimodal={}, labels=[], taxonomy=[], shards=str(work), seed=7, batch={}
    )
    write_json(run / files.SPECIFICATION, given.model_dump(mode="json"))
    return run / files.MEASUREMENTS


def write(path, *steps):
    with path.open("a") as file:
        for step in steps:
            line = {"kind": "training", "step": step, "time": 1.0, "loss": 1 / step}
            file.write(json.dumps(line) + "\n")


def wait(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_lines_are_logged_before_the_training_ends_and_at_its_end(tmp_path):
    logs = {}
    follower = Follower(tmp_path, lambda digest: logs.setdefault(digest, Logged()))
    follower.start()
    path = begin(tmp_path, "abc")
    write(path, 1, 2)
    wait(lambda: "abc" in logs and len(logs["abc"].points) == 2)
    write(path, 3)
    with path.open("a") as file:
        file.write('{"kind": "trai')  # is being written
    follower.stop(failed=False)
    assert [point.step for point in logs["abc"].points] == [1, 2, 3]
    assert logs["abc"].ended is False


def test_folds_and_trainings_of_before_are_not_followed(tmp_path):
    old = begin(tmp_path, "old")
    write(old, 1)
    time.sleep(0.05)
    logs = {}
    follower = Follower(tmp_path, lambda digest: logs.setdefault(digest, Logged()))
    follower.start()
    write(begin(tmp_path, "fold1", "fold 1 of 2"), 1)
    follower.stop(failed=True)
    assert logs == {}


def test_an_error_while_logging_stops_nothing(tmp_path, caplog):
    def refuse(digest):
        raise OSError("no server")

    follower = Follower(tmp_path, refuse)
    follower.start()
    write(begin(tmp_path, "abc"), 1)
    follower.stop(failed=False)
    assert "no server" in caplog.text
