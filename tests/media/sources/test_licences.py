import json

import pytest
from support.drawn_films import write_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.licences import explain_refusal

ALLOWED = ("CC BY 4.0", "Creative Commons Attribution license (reuse allowed)")


@pytest.mark.parametrize("licence", ["CC BY 4.0", " cc  by 4.0", "CCBY4.0", ALLOWED[1].upper()])
def test_case_and_spaces_do_not_matter(licence):
    assert explain_refusal(licence, ALLOWED) is None


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "CC BY 4.0 or so", "Standard YouTube License"])
def test_another_licence_is_refused_by_name(licence):
    assert repr(licence) in explain_refusal(licence, ALLOWED)


@pytest.mark.parametrize("licence", [None, "", "  "])
def test_no_licence_is_refused_only_where_one_is_asked_for(licence):
    assert explain_refusal(licence, None) is None
    assert "not known" in explain_refusal(licence, ALLOWED)


def test_refused_film_is_one_row_and_nothing_of_it_is_opened(tmp_path, monkeypatch):
    films = tmp_path / "films"
    film = write_film(films / "film.mp4", [4])
    (films / "film.info.json").write_text(json.dumps({"license": "All rights reserved"}))
    options = PreprocessingOptions(allowed_licenses=ALLOWED)
    opened = []
    import av

    original = av.open
    monkeypatch.setattr(av, "open", lambda *args, **more: opened.append(args) or original(*args))
    (row,) = describe_films(find_films(str(films)), options).to_dict("records")
    result = process_film(row, options, tmp_path / "clips", tmp_path / "shards")
    assert opened == []
    (outcome,) = result.ledger
    assert (outcome["outcome"], outcome["start_s"], outcome["clip_id"]) == ("refused", None, None)
    assert "'All rights reserved'" in outcome["detail"]
    assert (result.candidates, result.shard) == ([], None)
    assert row["source_id"] == describe_films(find_films(str(films)))["source_id"][0]
    assert film.is_file()


def test_permitted_film_is_cut(tmp_path):
    films = tmp_path / "films"
    write_film(films / "film.mp4", [4])
    (films / "film.info.json").write_text(json.dumps({"license": "cc by 4.0"}))
    options = PreprocessingOptions(allowed_licenses=ALLOWED)
    (row,) = describe_films(find_films(str(films)), options).to_dict("records")
    (outcome,) = process_film(row, options, tmp_path / "clips", tmp_path / "shards").ledger
    assert outcome["outcome"] == "no_subtitle"


def test_manifest_s_licence_comes_before_the_sidecar_s(tmp_path):
    write_film(tmp_path / "film.mp4", [1])
    (tmp_path / "film.info.json").write_text(json.dumps({"license": "All rights reserved"}))
    (tmp_path / "list.csv").write_text("path,license\nfilm.mp4,CC BY 4.0\n")
    options = PreprocessingOptions(allowed_licenses=ALLOWED)
    (row,) = describe_films(find_films(str(tmp_path / "list.csv")), options).to_dict("records")
    assert (row["license"], row["width"]) == ("CC BY 4.0", 96)
