import json

import pytest
from support.score_reports import draw_bench, draw_labels, make_report, match_labels
from support.votes import draw_votes

from libra_emo.evaluation.scoring.published import published_rows
from libra_emo.evaluation.scoring.report_folder import write_report
from libra_emo.evaluation.scoring.score import score_answers

LIMIT_BYTES = 5_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("report")
    bench = draw_bench(name="bench")
    report = make_report(
        place,
        clips=bench,
        votes=draw_votes(1, clips=195),
        published=published_rows(bench, None),
        provenance={"truth: <b>.csv": "sha256 1"},
    )
    write_report(report, place / "out")
    return place / "out"


def test_tables_in_three_forms_and_figures_in_two(folder):
    for name in ("scores", "classes", "comparisons", "people"):
        assert all((folder / f"{name}.{ending}").stat().st_size for ending in ("csv", "md", "tex"))
    for name in ("ranking", "confusion_1", "recall_1"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / f"{name}.svg").read_text()
    assert json.loads((folder / "scores.json").read_text())["clips"] == 195
    assert (folder / "left_out.csv").read_text() == "clip_id,reason\n"


def test_the_page_is_small_and_needs_no_other_host(folder):
    page = (folder / "report.html").read_text()
    assert len(page) < LIMIT_BYTES
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert "truth: &lt;b&gt;.csv" in page
    assert "published, Table 6" in page
    assert "One annotator agrees" in page
    assert "clustered by film" in page


def test_the_page_says_what_is_not_known(tmp_path):
    clips = draw_bench(films=4)
    labels = draw_labels(clips, 0.5, seed=1)
    labels[3] = None
    report = score_answers(clips, [match_labels(clips, labels, tmp_path)], seed=1)
    page = write_report(report, tmp_path / "out").read_text()
    assert "There are only 4 films" in page
    assert "has no answer for 1 clips: <code>c3</code>" in page
    assert "Comparisons" not in page


def test_the_same_report_is_written_byte_for_byte(tmp_path):
    one, two = (write_report(make_report(tmp_path), tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()
    assert (tmp_path / "a/ranking.svg").read_bytes() == (tmp_path / "b/ranking.svg").read_bytes()
