import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.ballots import VOTERS

from libra_emo.annotation.consensus import decide
from libra_emo.annotation.csv_files.reader import VoteReader
from libra_emo.annotation.csv_votes import (
    OpenCampaign,
    VotesFileError,
    import_votes,
    read_votes,
    read_votes_csv,
)
from libra_emo.annotation.store import VoteStore

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)

HEADER = "campaign,clip_id,annotator,label,voted_at,seconds\n"


@pytest.fixture(scope="module")
def campaigns(rounds):
    return {"round_1": OpenCampaign(rounds, {"c1", "片段"})}


def read(tmp_path, campaigns, text, **options):
    path = tmp_path / "votes.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_votes_csv(path, campaigns, **options)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("round_1,c1,anna,bored,,", "'bored' is not an answer; answers are excited"),
        ("round_1,c1,anna,,,", "'' is not an answer"),
        ("round_1,c1, ,happy,,", "the annotator is empty"),
        ("round_1,c9,anna,happy,,", "clip 'c9' is not asked about in campaign 'round_1'"),
        ("round_9,c1,anna,happy,,", "campaign 'round_9' is not open; open campaigns: round_1"),
        (",c1,anna,happy,,", "no campaign is named"),
        ("round_1,c1,anna,happy,yesterday,", "voted_at 'yesterday' is not a time"),
        ("round_1,c1,anna,happy,0001-01-01T00:00:00+23:00,", "is not a time"),
        ("round_1,c1,anna,happy,,long", "seconds 'long' is not a number"),
        ("round_1,c1,anna,happy,,-1", "seconds '-1' is not a number"),
        ("round_1,c1,anna,happy,,nan", "seconds 'nan' is not a number"),
        ("round_1,c1,anna,happy,,1,surplus", "more cells than columns"),
        ("round_1,c1", "the annotator is empty"),
        ('round_1,c1,"anna,happy,,', "a quotation mark is not closed"),
        ('round_1,c1,"an"na,happy,,', "a quotation mark is not closed"),
        ('"round_1",c1,anna,"[""sad"", ""happy""]",,', "holds 2 answers"),
    ],
)
def test_a_bad_row_is_rejected_alone_with_its_line_and_reason(tmp_path, campaigns, row, reason):
    good = "round_1,c1,ben,happy,,\n"
    votes, rejections = read(tmp_path, campaigns, f"{HEADER}{good}\n{row}\n{good}")
    assert len(votes) == 2
    assert rejections["line"].tolist() == [4]
    assert reason in rejections["reason"].item()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["round_1", "", "x"]),
            st.sampled_from(["c1", "片段", "c2"]),
            st.sampled_from(["anna", "王芳", ""]),
            st.sampled_from(["happy", "other", "bored"]),
        ),
        max_size=12,
    )
)
def test_every_row_is_a_vote_or_a_rejection(tmp_path, campaigns, rows):
    text = "".join(",".join(row) + "\n" for row in rows)
    votes, rejections = read(tmp_path, campaigns, "campaign,clip_id,annotator,label\n" + text)
    assert len(votes) + len(rejections) == len(rows)
    good = {"round_1"}, {"c1", "片段"}, {"anna", "王芳"}, {"happy", "other"}
    expected = [row for row in rows if all(cell in ok for cell, ok in zip(row, good, strict=True))]
    assert votes.iloc[:, :4].apply(tuple, axis=1).tolist() == expected if expected else votes.empty


def test_windows_line_ends_and_a_column_of_notes_are_no_trouble(tmp_path, campaigns):
    text = 'clip_id,annotator,label,note\r\nc1,anna,happy,"two\r\nlines"\r\nc1,ben,x,\r\n'
    votes, rejections = read(tmp_path, campaigns, text, campaign="round_1")
    assert len(votes) == 1
    assert rejections["line"].tolist() == [4]


def test_an_empty_file_with_a_header_has_no_votes(tmp_path, campaigns):
    votes, rejections = read(tmp_path, campaigns, HEADER)
    assert votes.empty and rejections.empty


def test_no_campaign_is_open_at_all(tmp_path):
    _, rejections = read(tmp_path, {}, HEADER + "round_1,c1,anna,happy,,\n")
    assert "open campaigns: none" in rejections["reason"].item()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("clip_id,annotator\nc1,anna\n", "column 'label' is missing"),
        ("", "column 'clip_id' is missing"),
        (b"PK\x03\x04" + b"x" * 50, "an Excel workbook; save it as CSV"),
        (b"PAR1" + b"x" * 50, "a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(tmp_path, campaigns, content, words):
    with pytest.raises(VotesFileError, match=words):
        read(tmp_path, campaigns, content)


def test_a_file_that_is_not_there_is_named(tmp_path, campaigns):
    with pytest.raises(VotesFileError, match=r"none\.csv: No such file"):
        read_votes_csv(tmp_path / "none.csv", campaigns)


EXPORTS = {
    "Excel in German": (
        "sep=;\r\nCLIP_ID;Annotator;Label;Seconds\r\nc1.mp4;anna;SAD;4,5\r\n;;;\r\n",
        "utf-16",
    ),
    "Excel in Chinese": ("片段,标注者,标签\r\nC1,王芳,悲伤\r\n", "gbk"),
    "text with tabs": ("clip_id\tannotator\tlabel\nc1\tanna\tsad\n", "utf-16-le"),
    "Label Studio": (
        "video,id,how does it feel,annotator,annotation_id,created_at,updated_at,lead_time\n"
        "/data/upload/2/0a1b2c3d-c1.mp4,17,sad,anna,5,2026-03-09T22:16:08.7Z,2026-03-09,4.28\n",
        "utf-8",
    ),
    "Label Studio with lists": (
        'video,choice,annotator\n/data/local-files/?d=c1.mp4,"{""choices"": [""sad""]}",anna\n',
        "utf-8",
    ),
    "Potato": (
        "user\tinstance_id\tdisplayed_text\tfeel:::happy\tfeel:::sad\n"
        "anna\tc1\t<video src='c1.mp4'>\t\tfeel:::sad\n",
        "utf-8",
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_files_of_spreadsheets_and_tools_are_read(tmp_path, rounds, taxonomy, name):
    text, encoding = EXPORTS[name]
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode(encoding))
    opened = {"round_1": OpenCampaign(rounds, {"c1", "c2"})}
    reader = VoteReader(opened, taxonomy=taxonomy, campaign="round_1")
    votes, rejections = read_votes(path, reader)
    assert rejections.empty, rejections
    assert votes[["clip_id", "label"]].to_numpy().tolist() == [["c1", "sad"]]
    assert votes["annotator"].item() in ("anna", "王芳")


def test_the_order_of_rows_and_of_files_decides_no_label(tmp_path, rounds):
    answers = ["sad", "happy", "sad", "happy", "angry"]
    rows = [f"round_1,c1,a{n},{label}\n" for n, label in enumerate(answers)]
    found = set()
    for number, order in enumerate(itertools.permutations(rows)):
        if number % 7:
            continue
        store = VoteStore(f"sqlite:///{tmp_path}/{number}.db")
        store.add_annotators(VOTERS, NOW)
        store.open_campaign(rounds, ["c1"])
        path = tmp_path / "votes.csv"
        path.write_text("campaign,clip_id,annotator,label\n" + "".join(order))
        import_votes(store, path, NOW)
        [decision] = decide(store.history("round_1"), rounds).to_dict("records")
        found.add((decision["label"], decision["outcome"]))
    assert len(found) == 1


def test_files_that_are_sent_again_in_any_order_change_nothing(tmp_path, rounds):
    header = "campaign,clip_id,annotator,label\n"
    files = {
        "first": "round_1,c1,a0,sad\nround_1,c1,a1,happy\n",
        "correction": "round_1,c1,a0,happy\n",
        "several": "round_1,c1,a1,sad\nround_1,c1,a1,happy\nround_1,c1,a1,sad\n",
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.csv").write_text(header + rows)
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    store.add_annotators(VOTERS, NOW)
    store.open_campaign(rounds, ["c1"])
    for name in files:
        import_votes(store, tmp_path / f"{name}.csv", NOW)
    digest = store.digest("round_1")
    assert store.votes("round_1")["label"].tolist() == ["happy", "sad"]
    for order in itertools.permutations(files):
        for name in order:
            assert import_votes(store, tmp_path / f"{name}.csv", NOW).added == 0
        assert store.digest("round_1") == digest
