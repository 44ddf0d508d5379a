"""The program reads clips from the place that the node names; their login is private."""

import stat

import pytest
from support.drawn_shards import draw_shards
from support.range_server import serving_ranges

from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.training.shard_place import (
    LOGIN,
    lend_login,
    name_place,
    open_shards,
)


def test_a_folder_is_named_by_its_path(tmp_path):
    with lend_login(tmp_path, tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == []
        assert open_shards(tmp_path, name_place(tmp_path)).folder == tmp_path


def test_a_login_lies_in_a_private_file_while_the_training_runs(tmp_path):
    draw_shards(tmp_path / "shards", films=1)
    run = tmp_path / "run"
    run.mkdir()
    (run / LOGIN).write_text("of a start that was killed")
    with serving_ranges(tmp_path) as server:
        server.login = "Basic bmFtZTpzM2NyZXQ="
        address = server.url.replace("http://", "http://name:s3cret@") + "/shards"
        given = ShardReader(address)
        place = name_place(given.folder)
        assert "s3cret" not in place
        with pytest.raises(RuntimeError), lend_login(run, given.folder):
            assert stat.S_IMODE((run / LOGIN).stat().st_mode) == 0o600
            found = open_shards(run, place)
            assert found.clip_ids() == given.clip_ids()
            raise RuntimeError("the training ends early")
    assert not (run / LOGIN).exists()
