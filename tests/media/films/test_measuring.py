from dataclasses import replace

import numpy as np
import pytest
from support.range_server import serving_ranges

from libra_emo.media.films.measuring import (
    MeasuringTask,
    find_cached_features,
    measure_clips,
    measure_film,
)
from libra_emo.media.options import FeatureOptions
from libra_emo.media.shards import ClipData, ShardError, ShardReader, ShardWriter


@pytest.fixture
def task(tmp_path):
    write_shard(tmp_path)
    clip = {"clip_id": "film-0", "source_id": "film", "subtitle": "Hello.", "language": "en"}
    return MeasuringTask(
        tmp_path / "film.tar", [clip], FeatureOptions(), tmp_path / "finished/film.json"
    )


def write_shard(folder, shade=90):
    frames = [np.full((64, 64, 3), shade, np.uint8)] * 4
    sound = np.sin(np.arange(16_000) / 9).astype(np.float32) / 3
    with ShardWriter(folder, "film") as shard:
        shard.add(ClipData("film-0", frames, [0.0, 0.2, 0.4, 0.6], sound, 16_000))


def test_measured_film_is_found_again_as_it_was(task):
    assert find_cached_features(task) is None
    rows = measure_film(task)
    np.testing.assert_equal(rows, measure_clips(task))
    np.testing.assert_equal(find_cached_features(task), rows)


def test_other_shard_words_or_options_are_measured_again(task, tmp_path):
    measure_film(task)
    clip = {**task.clips[0], "subtitle": "Bye."}
    assert find_cached_features(replace(task, clips=[clip])) is None
    assert find_cached_features(replace(task, options=FeatureOptions(max_pitch_hz=400))) is None
    write_shard(tmp_path, shade=91)
    assert find_cached_features(task) is None


def test_missing_shard_is_an_error(task):
    measure_film(task)
    task.shard.unlink()
    assert find_cached_features(task) is None
    with pytest.raises(ShardError, match=r"film\.tar"):
        measure_film(task)


def test_clips_of_a_remote_shard_are_measured_as_local_ones(task, tmp_path):
    local = measure_clips(task)
    with serving_ranges(tmp_path) as server:
        shard = ShardReader(server.url).place("film.tar")
        remote = replace(task, shard=shard)
        assert find_cached_features(remote) is None
        np.testing.assert_equal(measure_film(remote), local)
        np.testing.assert_equal(find_cached_features(remote), local)
        write_shard(tmp_path, shade=91)
        assert find_cached_features(remote) is None
        server.etags = False  # its size alone does not say whether it changed
        measure_film(remote)
        assert find_cached_features(remote) is None
