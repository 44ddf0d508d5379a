"""A remote folder of shards gives the clips of a local one, and transfers what is asked for."""

import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import fsspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawn_shards import draw_shard, draw_shards, read_all
from support.range_server import serving_ranges

from libra_emo.media.options import FetchingOptions
from libra_emo.media.shards import DamagedShardError, ShardError, ShardReader
from libra_emo.media.shards.index import index_path, read_index, write_index
from libra_emo.media.sources import AddressError

PATIENT = FetchingOptions(first_wait_seconds=0.0, max_wait_seconds=0.01)


@pytest.fixture
def folder(tmp_path):
    draw_shards(tmp_path / "shards")
    return tmp_path / "shards"


@pytest.fixture
def server(folder):
    with serving_ranges(folder.parent) as running:
        yield running


@pytest.fixture
def reader(server, tmp_path):
    return open_reader(server, tmp_path)


def open_reader(server, tmp_path, **options):
    return ShardReader(f"{server.url}/shards", cache=tmp_path / "cache", options=PATIENT, **options)


def tars_asked(server):
    return [wanted for method, path, wanted in server.asked if ".tar" in path and method == "GET"]


def test_remote_clips_are_the_local_ones(folder, reader):
    assert reader.clip_ids() == ShardReader(folder).clip_ids()
    assert read_all(reader) == read_all(folder)
    clip_id = reader.clip_ids()[3]
    for one, other in zip(
        reader.clip(clip_id).frames, ShardReader(folder).clip(clip_id).frames, strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert str(reader.shard(clip_id)).endswith("/shards/film-00000000.tar")


def test_a_clip_is_one_request_for_its_bytes(folder, server, reader):
    ids = reader.clip_ids()
    server.asked.clear()
    sent = server.sent
    reader.raw(ids[5])
    assert len(server.asked) == 1
    assert server.asked[0][2].startswith("bytes=")
    assert server.sent - sent == reader.size(ids[5])
    assert reader.size(ids[5]) < (folder / "film-00000001.tar").stat().st_size / 2


def test_a_second_opening_asks_for_no_index(server, reader, tmp_path):
    ids = reader.clip_ids()
    indexes, headers = 3, [wanted for wanted in tars_asked(server) if wanted]
    assert len(tars_asked(server)) == indexes + len(headers)
    assert len(headers) == 3  # the last one of each shard shows that its index is of it
    server.asked.clear()
    assert open_reader(server, tmp_path).clip_ids() == ids
    assert tars_asked(server) == []


def test_a_store_that_lists_its_files_is_asked_once(folder, tmp_path, monkeypatch):
    """A listing with sizes and times is all that a second opening reads."""
    memory = fsspec.filesystem("memory")
    memory.put(f"{folder}/", "/listed/shards/", recursive=True)
    opened = ShardReader("memory://listed/shards", cache=tmp_path / "cache")
    assert read_all(opened) == read_all(folder)

    def refuse(*_, **__):
        raise AssertionError("it was asked again")

    monkeypatch.setattr(type(memory), "cat_file", refuse)
    monkeypatch.setattr(type(memory), "info", refuse)
    again = ShardReader("memory://listed/shards", cache=tmp_path / "cache")
    assert again.clip_ids() == opened.clip_ids()


def test_an_address_of_this_machine_is_a_folder(folder):
    assert ShardReader(f"file://{folder}").folder == folder


def test_without_index_the_headers_are_read_and_nothing_is_written(
    folder, server, reader, tmp_path
):
    for shard in folder.glob("*.tar"):
        index_path(shard).unlink()
    ids = reader.clip_ids()
    assert not list(folder.glob(".*"))
    server.asked.clear()
    assert open_reader(server, tmp_path).clip_ids() == ids
    assert tars_asked(server) == []
    assert read_all(reader) == read_all(folder)


@pytest.mark.parametrize("content", [b"", b"<html>", b"00000000\n{}"])
def test_a_damaged_index_changes_nothing(folder, reader, content):
    known = read_all(folder)
    for shard in folder.glob("*.tar"):
        index_path(shard).write_bytes(content)
    assert read_all(reader) == known


def test_the_index_of_another_shard_changes_nothing(folder, reader):
    known = read_all(folder)
    one, other, _ = sorted(folder.glob("*.tar"))
    os.replace(index_path(other), index_path(one))
    assert read_all(reader) == known


@pytest.mark.parametrize("fault", ["503", "500", "429", "reset", "short", "wrong"])
def test_trouble_that_passes_costs_a_request(folder, server, reader, fault):
    known = read_all(folder)
    reader.clip_ids()
    server.faults[".tar"] = [fault, "well"]
    assert read_all(reader) == known


@pytest.mark.parametrize("fault", ["503", "reset", "short"])
def test_trouble_that_stays_is_an_error_of_its_clip(folder, server, reader, fault):
    ids = reader.clip_ids()
    server.faults["film-00000001.tar"] = [fault]
    with pytest.raises(AddressError, match=r"film-00000001.tar: it cannot be fetched") as caught:
        reader.raw(ids[4])
    assert "secret" not in str(caught.value)
    assert reader.raw(ids[0]) == ShardReader(folder).raw(ids[0])


def test_wrong_bytes_are_damage_and_nobody_sets_the_shard_aside(server, reader):
    ids = reader.clip_ids()
    server.faults["film-00000001.tar"] = ["wrong"]
    with pytest.raises(DamagedShardError, match=r"film-00000001.tar is damaged") as caught:
        reader.raw(ids[4])
    assert caught.value.path is None


@pytest.mark.parametrize("fault", ["404", "410"])
def test_a_shard_that_is_gone_is_missing(server, reader, fault):
    ids = reader.clip_ids()
    server.faults["film-00000001.tar"] = [fault]
    with pytest.raises(ShardError, match=r"film-00000001.tar: the shard is missing"):
        reader.raw(ids[4])


def test_a_folder_that_is_not_there_is_said_to_be_missing(server):
    with pytest.raises(ShardError, match="no such folder of shards"):
        ShardReader(f"{server.url}/other", options=PATIENT).clip_ids()


def test_a_clip_of_no_shard_is_said_to_be_in_none(reader):
    with pytest.raises(ShardError, match="no shard in http"):
        reader.raw("film-9-0-1")


@pytest.mark.parametrize("etags", [True, False])
@pytest.mark.parametrize("pixels", [8, 40])
def test_a_shard_that_changed_meanwhile_is_indexed_again(
    folder, server, reader, tmp_path, pixels, etags
):
    server.etags = etags
    ids = reader.clip_ids()
    draw_shard(folder, "film-00000001", dict.fromkeys(ids[4:8], 3), seed=9, pixels=pixels)
    assert reader.raw(ids[5]) == ShardReader(folder).raw(ids[5])
    assert read_all(open_reader(server, tmp_path)) == read_all(folder)


def test_a_clip_that_an_index_lacks_is_found(folder, server):
    """As where the end of a shard is the same, and a clip before it is new."""
    shard = folder / "film-00000001.tar"
    places = read_index(shard)
    lacking = sorted(places)[1]
    write_index(shard, {clip: place for clip, place in places.items() if clip != lacking})
    reader = ShardReader(f"{server.url}/shards", options=PATIENT)
    assert lacking not in reader.clip_ids()
    assert reader.raw(lacking) == ShardReader(folder).raw(lacking)


def test_a_server_without_ranges_is_refused_before_it_sends_whole_shards(server, reader):
    ids = reader.clip_ids()
    server.knows_ranges = False
    sent = server.sent
    with pytest.raises(AddressError, match="knows no ranges of bytes; copy the folder"):
        reader.raw(ids[4])
    assert len(tars_asked(server)) == 7  # three indexes, three headers and one try
    assert server.sent - sent < 1 << 20


def test_logins_are_sent_and_not_shown(folder, server):
    server.login = "Basic bmFtZTpzM2NyZXQ="
    address = server.url.replace("http://", "http://name:s3cret@") + "/shards"
    reader = ShardReader(address, options=PATIENT)
    assert read_all(reader) == read_all(folder)
    shown = [str(reader.folder), repr(reader.folder), repr(reader.shard(reader.clip_ids()[0]))]
    assert not any("s3cret" in text for text in shown)
    server.login = "Basic other"
    with pytest.raises(AddressError, match="401 Unauthorized") as caught:
        reader.raw(reader.clip_ids()[0])
    assert "s3cret" not in str(caught.value)


def test_a_pickled_reader_is_small_and_opens_the_folder_again(folder, reader):
    ids = reader.clip_ids()
    pickled = pickle.dumps(reader)
    assert len(pickled) < 2000
    assert pickle.loads(pickled).raw(ids[0]) == ShardReader(folder).raw(ids[0])


def test_a_forked_process_reads_with_connections_of_its_own(folder, reader):
    """As the training's loader does, which hands the opened reader to its workers."""
    ids = reader.clip_ids()
    reader.raw(ids[0])
    with ProcessPoolExecutor(1, get_context("fork"), _keep, (reader,)) as pool:
        assert pool.submit(_read_kept, ids[5]).result(60) == ShardReader(folder).raw(ids[5])
    assert reader.raw(ids[6]) == ShardReader(folder).raw(ids[6])


def _keep(reader):
    globals()["kept"] = reader


def _read_kept(clip_id):
    return globals()["kept"].raw(clip_id)


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="./\0", exclude_categories=["C"]),
    min_size=1,
    max_size=30,
)


@settings(max_examples=20, deadline=None)
@given(
    clips=st.dictionaries(NAMES, st.integers(0, 9), min_size=1, max_size=4),
    pixels=st.integers(1, 40),
    indexed=st.booleans(),
)
def test_ranges_of_any_shard_are_its_local_bytes(tmp_path_factory, clips, pixels, indexed):
    folder = tmp_path_factory.mktemp("shards")
    encoded = {name: count for name, count in clips.items() if len(name.encode()) < 80}
    if not encoded:
        return
    path = draw_shard(folder, "film", encoded, pixels=pixels)
    place = f"/drawn/{folder.name}"
    fsspec.filesystem("memory").put(f"{folder}/", f"{place}/", recursive=True)
    if not indexed:
        fsspec.filesystem("memory").rm(f"{place}/{index_path(path).name}")
    remote = ShardReader(f"memory:/{place}")
    assert read_all(remote) == read_all(folder)
