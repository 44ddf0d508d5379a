import pytest
from support.evaluation_sets import make_public_set, make_set

from libra_emo.evaluation.scoring.published import published_rows
from libra_emo.taxonomy import TaxonomyError

BENCH = make_set(["sad"], name="bench")
DFEW_SIZES = {
    "happy": 489, "surprised": 294, "neutral": 534, "sad": 379,
    "angry": 435, "disgusted": 29, "fearful": 181,
}  # fmt: skip


def whole(share, size):
    """Whether a share of two decimals of a percent is a number of clips."""
    return round(100 * round(share * size) / size, 2) == pytest.approx(100 * share, abs=0.006)


def test_every_accuracy_of_table_6_is_a_number_of_clips_of_the_bench():
    rows = [row for row in published_rows(BENCH, None) if row.table in ("Table 4", "Table 6")]
    assert len(rows) == 29
    for row in rows:
        assert whole(row.scores["accuracy"], 642), row
        if "negative_accuracy" in row.scores:
            assert whole(row.scores["negative_accuracy"], 366), row


def test_the_recalls_of_table_7_give_its_uar_and_war():
    """Rows of the models that the paper measured itself."""
    rows = published_rows(make_public_set("dfew", ["1"]), 1)
    assert len(rows) == 6
    for row in (row for row in rows if row.model.startswith("Libra-Emo")):
        hits = {name: round(row.scores[name] * size) for name, size in DFEW_SIZES.items()}
        recalls = [hits[name] / size for name, size in DFEW_SIZES.items()]
        assert sum(recalls) / 7 == pytest.approx(row.scores["uar"], abs=5e-5)
        assert sum(hits.values()) / 2341 == pytest.approx(row.scores["accuracy"], abs=5e-5)


def test_rows_are_shown_on_their_own_set_alone():
    assert {row.table for row in published_rows(BENCH, None)} == {"Table 4", "Table 6"}
    assert published_rows(make_set(["sad"]), None) == []
    assert published_rows(make_public_set("dfew", ["1"]), 2) == []
    assert published_rows(make_public_set("mafw", ["anger"]), None) == []


def test_a_wrong_file_says_where(tmp_path):
    (tmp_path / "published_scores.yml").write_text(
        "tables: {t: {set: bench, columns: [a], rows: [{model: x, values: [1, 2]}]}}"
    )
    with pytest.raises(TaxonomyError, match=r"published_scores.yml: tables.t: x has 2 values"):
        published_rows(BENCH, None, tmp_path)
