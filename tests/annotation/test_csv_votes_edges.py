import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libra_emo.annotation.csv_votes import OpenCampaign, VotesFileError, read_votes_csv

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
