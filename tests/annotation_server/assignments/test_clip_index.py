import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libra_emo.annotation_server.assignments.clip_index import write_clip_index
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
