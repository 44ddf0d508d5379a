"""Reading ahead changes when clips are read, and neither which nor in what order."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawn_shards import draw_shards, read_all
from support.range_server import serving_ranges

from libra_emo.media.options import FetchingOptions
from libra_emo.media.shards import Ahead, ReadAhead, ShardError, ShardReader
from libra_emo.media.sources import AddressError

PATIENT = FetchingOptions(first_wait_seconds=0.0, attempts=2)


class Recorder:
    """A reader that notes what is read, and how much of it at once."""

    def __init__(self, broken=(), size=1_000_000):
        self.broken, self.bytes = broken, size
        self.read, self.now, self.most = [], 0, 0
        self.lock = threading.Lock()

    def size(self, _):
        return self.bytes

    def raw(self, clip_id):
        with self.lock:
            self.read.append(clip_id)
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.001)
        with self.lock:
            self.now -= 1
        if clip_id in self.broken:
            raise ShardError(f"clip {clip_id} is broken")
        return {"json": clip_id.encode()}


IDS = st.lists(st.sampled_from("abcdefgh"), max_size=20)


@settings(max_examples=60)
@given(
    order=IDS,
    asked=IDS,
    broken=st.sets(st.sampled_from("abcdefgh")),
    clips=st.integers(1, 6),
    threads=st.integers(1, 4),
    megabytes=st.sampled_from([0.5, 2.5, 100]),
)
def test_every_clip_is_its_own_whatever_is_asked(order, asked, broken, clips, threads, megabytes):
    reader = Recorder(broken)
    with ReadAhead(reader, order, Ahead(clips, megabytes, threads)) as source:
        for clip_id in asked:
            if clip_id in broken:
                with pytest.raises(ShardError, match=f"clip {clip_id} is broken"):
                    source.raw(clip_id)
            else:
                assert source.raw(clip_id) == {"json": clip_id.encode()}


@settings(max_examples=30)
@given(count=st.integers(0, 60), clips=st.integers(1, 9), kept=st.integers(1, 4))
def test_in_its_order_every_clip_is_read_once_and_few_wait(count, clips, kept):
    reader, ids = Recorder(), [f"clip{n}" for n in range(count)]
    with ReadAhead(reader, ids, Ahead(clips, megabytes=kept + 0.5, threads=16)) as source:
        for clip_id in ids:
            source.raw(clip_id)
            assert len(source._coming) <= min(clips, kept)
            assert source._bytes == len(source._coming) * reader.bytes
    assert sorted(reader.read) == sorted(ids)
    assert reader.most <= min(clips, kept) + 1


def test_afterwards_clips_are_read_when_they_are_asked_for():
    reader = Recorder()
    with ReadAhead(reader, "abcdefgh", Ahead(clips=2)) as source:
        source.raw("a")
    assert source.raw("h") == {"json": b"h"}


def test_clips_that_are_passed_over_do_not_end_the_reading_ahead():
    reader, ids = Recorder(), [f"clip{n}" for n in range(200)]
    with ReadAhead(reader, ids, Ahead(8, megabytes=4.5, threads=2)) as source:
        for clip_id in ids[::7]:
            source.raw(clip_id)
        source.raw(ids[-1])
    assert len(reader.read) < len(ids) + 30


def test_remote_clips_are_fetched_while_others_are_used(tmp_path):
    draw_shards(tmp_path / "shards", films=2, clips=8)
    with serving_ranges(tmp_path) as server:
        reader = ShardReader(f"{server.url}/shards", options=PATIENT)
        ids = reader.clip_ids()
        server.asked.clear()
        with reader.ahead(ids) as source:
            first = source.raw(ids[0])
            deadline = time.monotonic() + 30
            while len(server.asked) < len(ids) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(server.asked) == len(ids)
            found = {ids[0]: first} | {clip_id: source.raw(clip_id) for clip_id in ids[1:]}
            assert source.clip_ids() == ids
        assert found == read_all(tmp_path / "shards")


def test_an_error_belongs_to_its_clip(tmp_path):
    draw_shards(tmp_path / "shards", films=3, clips=2)
    with serving_ranges(tmp_path) as server:
        reader = ShardReader(f"{server.url}/shards", options=PATIENT)
        ids = reader.clip_ids()
        server.faults["film-00000001.tar"] = ["503"]
        with reader.ahead([*ids, "nothing-0-1"]) as source:
            for clip_id in ids:
                if clip_id.startswith("film-00000001"):
                    with pytest.raises(AddressError, match="503"):
                        source.clip(clip_id)
                else:
                    assert source.clip(clip_id).clip_id == clip_id
            with pytest.raises(ShardError, match="no shard"):
                source.clip("nothing-0-1")


def test_a_local_folder_is_read_as_before(tmp_path):
    draw_shards(tmp_path, films=1, clips=2)
    reader = ShardReader(tmp_path)
    with reader.ahead(reader.clip_ids()) as source:
        assert source is reader
