import io
import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ballots import VOTERS, ballots

from libra_emo.annotation.csv_files.cells import BadCell
from libra_emo.annotation.csv_votes import VotesFileError, import_votes
from libra_emo.annotation.exchange.label_studio import read_annotations, write_tasks
from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.exchange.tables import (
    tabulate_counted,
    tabulate_for_crowdkit,
    tabulate_history,
)
from libra_emo.common.spreadsheets import guard_table

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
CLIPS = ["c1", "c2"]


@pytest.fixture
def full(store, rounds):
    store.open_campaign(rounds, CLIPS)
    store.add_votes(ballots("round_1", c1="sad happy", c2="sad other"), NOW)
    return store


def test_label_studios_json_goes_out_and_comes_back(full, rounds, tmp_path):
    path = tmp_path / "round_1.labelstudio.json"
    path.write_text(write_tasks(tabulate_counted(full, rounds)), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert not [name for name in VOTERS if f'"{name}"' in text]
    result = import_votes(full, path, NOW + timedelta(days=1))
    assert (result.added, result.known, len(result.rejections)) == (0, 4, 0)
    tasks = json.loads(text)
    tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["angry"]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert import_votes(full, path, NOW + timedelta(days=1)).added == 1
    assert import_votes(full, path, NOW + timedelta(days=2)).added == 0
    assert "angry" in full.votes("round_1").query("clip_id == 'c1'")["label"].tolist()


def test_what_label_studio_itself_writes_is_read(full, tmp_path):
    choice = {"from_name": "q", "to_name": "v", "type": "choices", "value": {"choices": ["Angry"]}}
    video = {"video": "/data/upload/1/0a1b2c3d-c1.mp4"}
    annotations = [
        {"completed_by": {"email": "anna"}, "result": [choice], "lead_time": 4.5},
        {"completed_by": {"email": "ben"}, "result": [], "was_cancelled": True},
        {"completed_by": {"email": "nobody"}, "result": [choice]},
        {"completed_by": {"email": "zoe"}, "result": [choice, choice]},
        "nonsense",
    ]
    short = {"clip": "c2", "label": "sad", "annotator": "anna", "annotation_id": 3}
    path = tmp_path / "project-1.json"
    tasks = [{"id": 9, "data": video, "annotations": annotations}, short, 7]
    path.write_text("\ufeff" + json.dumps(tasks), encoding="utf-8")
    result = import_votes(full, path, NOW, campaign="round_1")
    assert (result.added, result.unanswered) == (2, 1)
    assert result.rejections["line"].tolist() == [1, 1, 1, 3]
    votes = full.votes("round_1").query("annotator == 'anna'").set_index("clip_id")
    assert votes["label"].to_dict() == {"c1": "angry", "c2": "sad"}
    assert votes.loc["c1", "seconds"] == 4.5


@pytest.mark.parametrize("content", ["[", '{"a": ', "[" * 5000])
def test_a_torn_file_is_one_line(full, tmp_path, content):
    path = tmp_path / "torn.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VotesFileError, match=r"torn\.json"):
        import_votes(full, path, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "annotations", "result", "value", "choices", "completed_by"]),
            inner,
            max_size=3,
        )
    ),
)


@given(JSON)
def test_no_json_ends_the_import(content):
    try:
        read = [*read_annotations(json.dumps(content).encode(), lambda _: False)]
    except ValueError:
        return
    for _, cells in read:
        assert isinstance(cells, BadCell) or all(isinstance(cell, str) for cell in cells.values())


def test_crowdkits_table_goes_out_and_comes_back(full, rounds, tmp_path):
    from crowdkit.aggregation import MajorityVote

    table = tabulate_for_crowdkit(full, rounds)
    assert table.columns.tolist() == ["task", "worker", "label"]
    assert not set(table["worker"]) & set(VOTERS)
    assert len(MajorityVote().fit_predict(table)) == 2
    path = tmp_path / "round_1.crowdkit.csv"
    path.write_text(guard_table(table).to_csv(index=False), encoding="utf-8")
    before = full.digest("round_1")
    assert import_votes(full, path, NOW, campaign="round_1").rejections.empty
    changed = full.votes("round_1")[["clip_id", "annotator", "label"]].to_numpy().tolist()
    assert sorted(changed) == sorted(
        [["c1", "a0", "sad"], ["c1", "a1", "happy"], ["c2", "a0", "sad"], ["c2", "a1", "other"]]
    )
    assert before


def test_pseudonyms_are_the_same_in_one_store_and_others_in_another(store, sqlite_url, tmp_path):
    from libra_emo.annotation.store import VoteStore

    one, again = make_pseudonyms(store, ["ana"]), make_pseudonyms(store, ["ana", "ben"])
    other = make_pseudonyms(VoteStore(f"sqlite:///{tmp_path}/other.db"), ["ana"])
    assert one["ana"] == again["ana"] != other["ana"]
    assert len(set(again.values())) == 2


def test_the_history_is_a_table_that_parquet_holds(full):
    table = tabulate_history(full, "round_1")
    read = pd.read_parquet(io.BytesIO(table.to_parquet()))
    assert len(read) == 4 and not set(read["annotator"]) & set(VOTERS)
    assert {"note", "played_s", "began_at", "blind"} <= set(read)
    assert tabulate_history(full, "never").empty
