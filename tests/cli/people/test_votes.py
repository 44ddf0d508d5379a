import shutil
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
    store.add_annotators(["ann", "王芳"], datetime.now(UTC))
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
    assert store.votes("round_1")["received_at"].max() <= datetime.now(UTC).isoformat()


def test_a_file_without_a_column_is_one_line(project):
    done = import_votes(project, "clip_id,label\nc1,sad\n")
    assert done.returncode == 1
    assert "column 'annotator' is missing" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_a_spreadsheet_in_china_writes_is_taken(project):
    text = "sep=;\r\n片段;标注者;标签;轮次\r\nC1.MP4;王芳;悲伤;round_1\r\n;;;\r\n"
    (project / "votes.csv").write_bytes(text.encode("gb18030"))
    done = kedro(project, "import-votes", "votes.csv", check=False)
    assert done.stdout.splitlines()[0] == "1 votes added, 0 known already", done.stderr


def test_people_who_are_not_registered_are_refused_with_the_list(project):
    rows = "".join(f"round_1,c{n},eve,sad\n" for n in (1, 2))
    done = import_votes(project, f"campaign,clip_id,annotator,label\n{rows}")
    assert done.returncode == 1
    assert "lines 2, 3: not registered: 'eve'; registered: ann, 王芳" in done.stderr
    assert "kedro annotators add" in done.stderr


def test_rows_without_an_answer_are_counted_and_replaced_answers_are_mentioned(project):
    header = "campaign,clip_id,annotator,label\n"
    for label in ("sad", "happy"):
        import_votes(project, f"{header}round_1,c1,ann,{label}\nround_1,c2,ann,\n")
    done = import_votes(project, f"{header}round_1,c1,ann,sad\nround_1,c2,ann,\n")
    assert done.stdout.splitlines()[:2] == [
        "0 votes added, 1 known already",
        "1 rows have no answer yet",
    ]
    assert "1 answers of this file had been replaced by later ones" in done.stdout


def test_votes_travel_by_the_table_of_records(project, tmp_path_factory):
    import_votes(project, "campaign,clip_id,annotator,label\nround_1,c1,ann,sad\n")
    clone = tmp_path_factory.mktemp("clone")
    make_project(clone)
    missing = kedro(clone, "restore-votes", check=False)
    assert missing.returncode == 1 and "pull it with `dvc pull`" in missing.stderr
    (clone / "data/01_raw").mkdir(parents=True, exist_ok=True)
    shutil.copy(project / "data/01_raw/vote_records.parquet", clone / "data/01_raw")
    done = kedro(clone, "restore-votes")
    assert done.stdout == "1 votes, 1 campaigns and 2 annotators restored\n"
    again = kedro(clone, "restore-votes", str(project / "data/01_raw/vote_records.parquet"))
    assert again.stdout == "0 votes, 0 campaigns and 0 annotators restored\n"
