import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.campaigns import CampaignError
from libra_emo.annotation.csv_files.queues import draw_rows, read_queue_file
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
CLIPS = ("c1", "c2", "c3", "c4")


def write(tmp_path, text, name="clips.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_clips_with_a_known_label_and_rows_that_cannot_be_used(tmp_path):
    path = write(tmp_path, "clip_id,label\nc1,sad\nc9,sad\nc2,glad\nc1,happy\n c3 , other \nc4,\n")
    content = read_queue_file(path, "gold", CLIPS, TAXONOMY)
    assert content.rows == [
        QueueRow("c1", "gold", truth="sad"),
        QueueRow("c3", "gold", truth="other"),
    ]
    assert [line for line, _ in content.rejections] == [3, 4, 5, 7]
    assert read_queue_file(path, "training", CLIPS, TAXONOMY).rows[0].reason == "selected"


def test_two_texts_of_a_clip(tmp_path):
    table = pd.DataFrame(
        [
            ("c1", "One.", "Two."),
            ("c2", "Same.", "Same. "),
            ("c3", "", "x"),
            ("c4", "y", "x" * 5000),
        ],
        columns=["clip_id", "text_1", "text_2"],
    )
    path = tmp_path / "texts.parquet"
    table.to_parquet(path)
    content = read_queue_file(path, "preference", CLIPS, TAXONOMY)
    assert content.rows == [QueueRow("c1", texts=("One.", "Two."))]
    assert [line for line, _ in content.rejections] == [3, 4, 5]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("clips.csv", b"clip_id\nc1\n", "'label' is missing"),
        ("clips.csv", b"", "cannot be read"),
        ("clips.csv", b"\xff\xfe\x00", "cannot be read"),
        ("clips.parquet", b"not Parquet", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CampaignError, match=words) as raised:
        read_queue_file(path, "gold", CLIPS, TAXONOMY)
    assert "\n" not in str(raised.value)


@given(st.integers(0, 100), st.floats(0.01, 1))
def test_a_draw_depends_on_seed_and_clip_alone(seed, rate):
    clips = [f"c{number}" for number in range(200)]
    rows = draw_rows(clips, "audit", rate, seed)
    assert all(
        (r.reason, r.inclusion_probability, r.draw_seed) == ("audit", rate, seed) for r in rows
    )
    half = draw_rows(clips[:100], "audit", rate, seed)
    assert half == [row for row in rows if row.clip_id in set(clips[:100])]


def test_the_share_that_is_drawn_is_the_rate():
    clips = [f"c{number}" for number in range(5000)]
    assert len(draw_rows(clips, "audit", 0.1, 3)) == pytest.approx(500, rel=0.15)
    assert len(draw_rows(clips, "audit", 1, 3)) == 5000
    with pytest.raises(CampaignError, match="rate"):
        draw_rows(clips, "audit", 0, 3)
