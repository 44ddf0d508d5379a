import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.csv_files.cells import (
    AnswerNames,
    BadCell,
    ClipNames,
    read_moment,
    read_seconds,
)
from libra_emo.taxonomy import read_taxonomy

CLIP = "my-film-1a2b3c4d-00012000-00016500"
TAXONOMY = read_taxonomy()
ANSWERS = AnswerNames([*TAXONOMY.labels, TAXONOMY.other], TAXONOMY.other, TAXONOMY)


@pytest.mark.parametrize(
    "cell",
    [
        CLIP,
        f"{CLIP}.mp4",
        f"{CLIP.upper()}.MP4",
        f"data/03_primary/clips/{CLIP}.mp4",
        f"C:\\Users\\ana\\clips\\{CLIP}.mp4",
        f"/data/upload/3/0f1e2d3c-{CLIP}.mp4",
        f"/data/local-files/?d=clips/{CLIP}.mp4",
        f"https://host/clips/{CLIP}.mp4?token=1",
        f"renamed%20film-{CLIP.removeprefix('my-film-')}.mp4",
    ],
)
def test_a_clip_is_found_by_its_id_and_by_its_file(cell):
    assert ClipNames([CLIP, "c2"]).find(cell) == CLIP


@pytest.mark.parametrize("cell", ["", "c3", CLIP[:-1], f"x{CLIP}x", ".mp4"])
def test_other_cells_are_no_clip(cell):
    assert ClipNames([CLIP, "c2"]).find(cell) is None


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("sad", "sad"),
        (" SAD ", "sad"),
        ("Ｓａｄ", "sad"),
        ("快乐", "happy"),
        ("Other", "other"),
        ("其他", "other"),
        ('{"choices": ["sad"]}', "sad"),
        ('["快乐"]', "happy"),
        ("['sad']", "sad"),
        ("'sad'", "sad"),
        ("gloomy", None),
        ("[]", None),
        ("[", None),
        ("", None),
    ],
)
def test_answers_in_capitals_in_chinese_and_in_lists(cell, answer):
    assert ANSWERS.find(cell) == answer


def test_two_answers_in_one_cell_are_refused():
    with pytest.raises(BadCell, match="holds 2 answers"):
        ANSWERS.find('{"choices": ["sad", "happy"]}')


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2025-02-01T09:00:00+01:00", "2025-02-01T08:00:00.000000+00:00"),
        ("2021-03-09T22:16:08.728353Z", "2021-03-09T22:16:08.728353+00:00"),
        ("2025-02-01 09:05", "2025-02-01T09:05:00.000000"),
        ("2025-02-01", "2025-02-01T00:00:00.000000"),
        ("2025/2/1 9:05", "2025-02-01T09:05:00.000000"),
        ("2025年2月1日 9:05", "2025-02-01T09:05:00.000000"),
        ("1.2.2025 09:05", "2025-02-01T09:05:00.000000"),
        ("2/1/2025 9:05 PM", "2025-02-01T21:05:00.000000"),
        ("31/1/2025 9:05:07", "2025-01-31T09:05:07.000000"),
        ("1740826800", "2025-03-01T11:00:00.000000+00:00"),
        ("1740826800000", "2025-03-01T11:00:00.000000+00:00"),
        ("45717,5", "2025-03-01T12:00:00.000000"),
        ("", None),
    ],
)
def test_times_as_spreadsheets_and_tools_write_them(cell, moment):
    assert read_moment(cell) == moment


@pytest.mark.parametrize("cell", ["soon", "2025-13-01", "32/13/2025", "12", "2025-02-01T25:00"])
def test_what_is_no_time_is_refused(cell):
    with pytest.raises(BadCell, match="is not a time"):
        read_moment(cell)


@given(st.text(max_size=20))
def test_any_cell_is_read_or_refused(cell):
    for read in (read_moment, read_seconds, ANSWERS.find, ClipNames([CLIP]).find):
        try:
            read(cell)
        except BadCell:
            pass


def test_seconds_with_a_decimal_comma():
    assert read_seconds("4,5") == read_seconds("4.5") == 4.5
