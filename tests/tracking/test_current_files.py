from kedro.io import DataCatalog

from libra_emo.datasets import TextDataset
from libra_emo.tracking.current_files import LOCAL_PAGES, CurrentFiles


def test_pages_with_faces_and_words_are_no_reports_for_others(tmp_path):
    places = {"failures_page": "failures/page.html", "examples_page": "dataset/examples.html"}
    assert set(places) == set(LOCAL_PAGES)
    others = ("results.html", "bench_scores.csv", "figures/rounds.png", "failures/pairs.csv")
    for name in (*places.values(), *others, ".digests.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    pages = {name: TextDataset(filepath=str(tmp_path / at)) for name, at in places.items()}
    found = CurrentFiles(DataCatalog(pages)).list_reports(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in found) == sorted(others)
