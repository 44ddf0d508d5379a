from datetime import UTC, datetime

import pytest
from support.tiny_project import kedro, make_project

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy


@pytest.fixture
def project(tmp_path):
    make_project(tmp_path)
    store = VoteStore(f"sqlite:///{tmp_path}/data/01_raw/votes.sqlite")
    store.open_campaign(Campaign.of("round_1", read_taxonomy(), 1, 1), ["c1", "c2"])
    return tmp_path


def import_votes(project, text, *options):
    (project / "votes.csv").write_text(text)
    return kedro(project, "import-votes", "votes.csv", *options, check=False)


def test_votes_go_from_a_file_into_the_store(project):
    first = import_votes(project, "clip_id,annotator,label\nc1,ann,sad\n", "--campaign", "round_1")
    assert first.returncode == 0, first.stderr
    assert first.stdout.split("\n")[:2] == [
        "1 votes added, 0 known already",
        "round_1: 1 of 2 clips still wait",
    ]
    text = "campaign,clip_id,annotator,label\nround_1,c2,ann,sad\nround_1,c1,ann,gloomy\n"
    second = import_votes(project, text)
    assert second.returncode == 0
    assert "votes.csv, line 3: 'gloomy' is not an answer" in second.stderr
    store = VoteStore(f"sqlite:///{project}/data/01_raw/votes.sqlite")
    assert store.votes("round_1")["clip_id"].tolist() == ["c1", "c2"]
    assert store.votes("round_1")["voted_at"].max() <= datetime.now(UTC).isoformat()


def test_a_file_without_a_column_is_one_line(project):
    done = import_votes(project, "clip_id,label\nc1,sad\n")
    assert done.returncode == 1
    assert "column 'annotator' is missing" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
