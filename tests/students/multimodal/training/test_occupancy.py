"""Who may work in a folder, and what notices that its starter is gone."""

import threading
import time

import pytest

from libra_emo.students.multimodal.training import occupancy
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.occupancy import (
    STARTER,
    StarterWatch,
    TrainingBusy,
    beating,
    identify_machine,
    occupy,
)
from libra_emo.students.multimodal.training.specification import Start


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(occupancy, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(occupancy, "QUIET_SECONDS", 0.8)


def start_of(token, machine="elsewhere", silence=0.6):
    return Start(token=token, machine=machine, slots=[1], silence_seconds=silence)


def until(condition, seconds=20):
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.02)
    return condition()


def test_the_folder_is_one_starters_alone(tmp_path):
    with (
        occupy(tmp_path, 5),
        pytest.raises(TrainingBusy, match="another process trains here"),
        occupy(tmp_path, 5),
    ):
        pass
    with occupy(tmp_path, 5) as token:
        assert token


def test_a_starter_on_a_machine_that_shares_no_locks_is_seen(tmp_path):
    path = tmp_path / files.ALIVE / STARTER
    with (
        beating(path, "theirs"),
        pytest.raises(TrainingBusy, match="another machine trains here"),
        occupy(tmp_path, 5),
    ):
        pass


def test_processes_whose_starter_was_killed_are_waited_for(tmp_path):
    path = tmp_path / files.ALIVE / "node1-8"
    ended = []

    def live():
        with beating(path, "old"):
            time.sleep(1.0)
        ended.append(time.monotonic())

    thread = threading.Thread(target=live)
    thread.start()
    assert until(path.exists)
    with occupy(tmp_path, 5):
        assert ended and time.monotonic() >= ended[0]
    thread.join()


def test_processes_that_do_not_end_are_named(tmp_path):
    path = tmp_path / files.ALIVE / "node1-8"
    with (
        beating(path, "old"),
        pytest.raises(TrainingBusy, match=r"an earlier start do not end \(on node1-8\)"),
        occupy(tmp_path, 0.1),
    ):
        pass


def test_another_machine_notices_that_the_starter_is_silent(tmp_path):
    path = tmp_path / files.ALIVE / STARTER
    with beating(path, "one"):
        watch = StarterWatch(tmp_path, start_of("one"))
        assert not watch.gone()
        time.sleep(0.9)
        assert not watch.gone()  # it beats
        content = path.read_text()
    path.write_text(content)  # killed: it wrote no end
    watch = StarterWatch(tmp_path, start_of("one"))
    assert not watch.gone()
    assert until(watch.gone)


def test_another_machine_notices_the_end_and_the_next_start(tmp_path):
    with occupy(tmp_path, 5) as token:
        watch = StarterWatch(tmp_path, start_of(token, silence=100))
        assert until((tmp_path / files.ALIVE / STARTER).exists) and not watch.gone()
    assert watch.gone()
    with occupy(tmp_path, 5) as other:
        assert StarterWatch(tmp_path, start_of(other, silence=100)).gone() is False
        assert until(lambda: StarterWatch(tmp_path, start_of(token, silence=100)).gone())


def test_on_its_machine_the_lock_decides_at_once(tmp_path):
    path = tmp_path / files.ALIVE / STARTER
    start = start_of("one", machine=identify_machine(), silence=100)
    with beating(path, "one"):
        assert StarterWatch(tmp_path, start).gone()
