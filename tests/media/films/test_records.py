import json
import time
from pathlib import Path

import pytest
from support.flipped_bits import flip

from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import SETTLED_NS
from libra_emo.media.films.records import read_record, write_record


def test_record_is_read_with_its_key_alone(tmp_path):
    path = tmp_path / "records/film.json"
    assert write_record(path, "key", {"times": (1, 2)}) == {"times": [1, 2]}
    assert read_record(path, "key") == {"times": [1, 2]}
    assert read_record(path, "another key") is None


@pytest.mark.parametrize("text", ["", "[]", '{"key": "key"}', '{"key"'])
def test_damaged_record_counts_as_none(tmp_path, text):
    path = tmp_path / "film.json"
    path.write_text(text)
    assert read_record(path, "key") is None


def test_missing_record_is_none(tmp_path):
    assert read_record(tmp_path / "film.json", "key") is None


def test_no_flipped_bit_of_a_record_gives_other_content(tmp_path):
    path = tmp_path / "film.json"
    write_record(path, "key", {"rows": [{"outcome": "kept", "start_s": 1.5}]})
    whole = path.read_bytes()
    for number in range(8 * len(whole)):
        path.write_bytes(flip(whole, number))
        assert read_record(path, "key") in (None, {"rows": [{"outcome": "kept", "start_s": 1.5}]})
    path.write_bytes(whole)
    assert read_record(path, "key") is not None


@pytest.mark.parametrize("record", [[], "text", None, {"key": "key", "content": {}}, {"key": 1}])
def test_record_of_another_shape_counts_as_none(tmp_path, record):
    path = tmp_path / "film.json"
    path.write_text(json.dumps(record))
    assert read_record(path, "key") is None


def test_a_record_that_nobody_touched_is_not_opened(tmp_path, monkeypatch):
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)
    path, memory = tmp_path / "film.json", ContentMemory(tmp_path / "memory")
    write_record(path, "key", {"rows": [1]})
    assert read_record(path, "key", memory) == {"rows": [1]}
    memory.save()
    memory = ContentMemory(tmp_path / "memory")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", None)
        assert read_record(path, "key", memory) == {"rows": [1]}
        assert read_record(path, "another key", memory) is None
    time.sleep(0.02)  # the clock of file systems ticks some hundred times a second
    write_record(path, "key", {"rows": [2]})
    assert read_record(path, "key", memory) == {"rows": [2]}
    path.unlink()
    assert read_record(path, "key", memory) is None


def test_a_record_of_another_shape_counts_as_missing(tmp_path):
    write_record(tmp_path / "film.json", "key", {"rows": 1})
    for memory in (None, ContentMemory(tmp_path / "memory")):
        accepts = lambda content: content["columns"] == 1  # noqa: E731
        assert read_record(tmp_path / "film.json", "key", memory, accepts) is None
