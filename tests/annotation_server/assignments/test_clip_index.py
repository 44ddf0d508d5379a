import pickle
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libra_emo.annotation_server.assignments.clip_index import (
    ClipIndex,
    clips_indexed,
    write_clip_index,
)
from libra_emo.annotation_server.assignments.clips import Clip

CLIPS = {
    "a-1": Clip(Path("/films/Ä ü.mp4"), "Hm <b>", None, 4.25),
    "b'\"": Clip(Path("/films/b.mp4"), "你好", "zh", 1.0, '{"en": "hi"}', "[[0, 0.1, 0.2, 0, 0]]"),
}


def test_clips_are_read_as_they_were_written(tmp_path):
    index = write_clip_index(CLIPS, tmp_path / "clips #1?.sqlite")
    assert dict(index) == CLIPS
    assert len(index) == 2
    assert index.get("none") is None
    with pytest.raises(KeyError):
        index["none"]


def test_other_processes_and_threads_read_the_same_file(tmp_path):
    index = pickle.loads(pickle.dumps(write_clip_index(CLIPS, tmp_path / "clips.sqlite")))
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(index.__getitem__, ["a-1", "b'\""] * 20))
    assert read == [*CLIPS.values()] * 20


def test_clips_are_waited_for_while_they_are_written(tmp_path):
    begun, go = threading.Event(), threading.Event()

    def read():
        begun.set()
        assert go.wait(60)
        return CLIPS

    with clips_indexed(read, tmp_path / "clips.sqlite") as index:
        assert begun.wait(60) and not (tmp_path / "clips.sqlite").exists()
        copy = pickle.loads(pickle.dumps(index))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(copy.get, "a-1")
            go.set()
            assert waiting.result(60) == CLIPS["a-1"]
    assert dict(ClipIndex(tmp_path / "clips.sqlite")) == CLIPS


def test_a_server_without_clips_ends_with_the_reason(tmp_path):
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        with (
            pytest.raises(ValueError, match="no clips"),
            clips_indexed(fail, tmp_path / "clips.sqlite"),
        ):
            assert asked.wait(60)
    finally:
        signal.signal(signal.SIGTERM, before)


def fail():
    raise ValueError("no clips")
