import pandas as pd

from libra_emo.media.films import FilmResult, ledger_row
from libra_emo.pipelines.preprocessing.tables import separate_duplicates, tabulate_results, to_rows
from libra_emo.schemas import Candidates, ClipLedger, check


def sources(*rows):
    return pd.DataFrame(rows, columns=["source_id", "sha256", "width"])


def test_film_with_the_content_of_another_is_refused():
    table = sources(("a", "1", 96.0), ("b", "1", 96.0), ("c", "2", 96.0))
    films, refused = separate_duplicates(table)
    assert [film["source_id"] for film in films] == ["a", "c"]
    assert [(row["source_id"], row["outcome"], row["detail"]) for row in refused] == [
        ("b", "refused", "same content as a")
    ]


def test_unreadable_films_are_no_duplicates():
    films, refused = separate_duplicates(sources(("a", "1", None), ("b", "1", None)))
    assert [(film["source_id"], film["width"]) for film in films] == [("a", None), ("b", None)]
    assert refused == []


def test_films_without_clips_give_empty_tables():
    results = [FilmResult("a", [ledger_row("a", "unreadable", "it is no film")])]
    ledger, candidates, index = tabulate_results(results, [ledger_row("b", "refused", "copy")])
    assert check(ledger, ClipLedger)["source_id"].to_list() == ["a", "b"]
    assert check(candidates, Candidates).empty
    assert index.empty


def test_missing_values_become_none():
    assert to_rows(pd.DataFrame({"a": [1.5, None]})) == [{"a": 1.5}, {"a": None}]
