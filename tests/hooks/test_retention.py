from types import SimpleNamespace

import pytest

from libra_emo.errors import LibraEmoError
from libra_emo.hooks import RetentionHooks


class Waiting(LibraEmoError):
    exit_code = 3


class Catalog(dict):
    def get(self, name):
        return SimpleNamespace(_filepath=self[name])


@pytest.fixture
def superseded(tmp_path):
    path = tmp_path / ".set_aside/superseded/clips/a.mp4"
    path.parent.mkdir(parents=True)
    path.write_text("clip")
    return path


def pipeline(*outputs):
    return SimpleNamespace(all_outputs=lambda: set(outputs))


@pytest.mark.parametrize(
    ("outputs", "error", "is_kept"),
    [
        (["clip_ledger"], None, False),
        (["clip_ledger"], Waiting(), False),
        (["clip_ledger"], LibraEmoError("failed"), True),
        (["clip_ledger"], ValueError("failed"), True),
        (["labels"], None, True),
    ],
)
def test_what_is_superseded_goes_when_a_run_that_cut_films_has_ended_well(
    tmp_path, superseded, outputs, error, is_kept
):
    catalog = Catalog(finished_folder=tmp_path / "finished")
    if error is None:
        RetentionHooks().after_pipeline_run(pipeline(*outputs), catalog)
    else:
        RetentionHooks().on_pipeline_error(error, pipeline(*outputs), catalog)
    assert superseded.exists() == is_kept
