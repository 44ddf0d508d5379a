import hashlib
import json

import pandas as pd
import pytest
from support.drawn_films import write_cues, write_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films, make_slug, source_id_of
from libra_emo.schemas import Sources, check


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_manifest_names_films_and_what_is_known_of_them(tmp_path, form):
    write_film(tmp_path / "films/one.mp4", [1])
    write_film(tmp_path / "films/two.mp4", [1])
    rows = {
        "path": ["films/two.mp4", str(tmp_path / "films/one.mp4")],
        "title": ["Two", None],
        "language": ["zh", "en"],
        "remark": ["not ours", ""],
    }
    manifest = tmp_path / f"films.{form}"
    table = pd.DataFrame(rows)
    table.to_csv(manifest, index=False) if form == "csv" else table.to_parquet(manifest)
    sources = describe_films(find_films(str(manifest))).set_index("title", drop=False)
    assert sources["language"].to_list() == ["en", "zh"]
    assert sources.loc["Two", "video_path"].endswith("films/two.mp4")


def test_source_is_named_by_its_file_and_content(tmp_path):
    film = write_film(tmp_path / "Der Himmel über B.mp4", [2], fps=24)
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    assert row["sha256"] == digest
    assert row["source_id"] == f"der-himmel-uber-b-{digest[:8]}" == source_id_of(film)
    assert (row["width"], row["height"], row["fps"]) == (96, 64, 24.0)
    assert row["duration_s"] == pytest.approx(2.0, abs=0.01)
    check(describe_films(find_films(str(tmp_path))), Sources)


def test_sidecar_gives_metadata(tmp_path):
    write_film(tmp_path / "film.mp4", [1])
    write_cues(tmp_path / "film.fr.srt", (0, 1, "oui"))
    write_cues(tmp_path / "film.en.srt", (0, 1, "yes"))
    sidecar = {
        "title": "A film",
        "uploader": "Somebody",
        "license": "CC BY 4.0",
        "webpage_url": "https://example.org/film",
        "language": "fr-CA",
        "categories": ["Drama", "Other"],
        "fps": 12,
    }
    (tmp_path / "film.info.json").write_text(json.dumps(sidecar))
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert row[["title", "author", "license", "url", "theme", "language"]].to_list() == [
        "A film",
        "Somebody",
        "CC BY 4.0",
        "https://example.org/film",
        "Drama",
        "fr-CA",
    ]
    assert row["subtitle_path"] == (tmp_path / "film.fr.srt").as_posix()


@pytest.mark.parametrize(
    ("beside", "chosen", "language"),
    [
        (["film.srt"], "film.srt", None),
        (["film.vtt", "film.srt", "film.ass"], "film.srt", None),
        (["film.zh-Hans.ass"], "film.zh-Hans.ass", "zh-Hans"),
        (["film.en.srt", "film.srt"], "film.srt", None),
        (["film.zh.srt", "film.en.vtt"], "film.en.vtt", "en"),
        (["film2.srt", "film.old copy.srt", "fil.srt"], None, None),
    ],
)
def test_subtitle_is_found_by_name(tmp_path, beside, chosen, language):
    write_film(tmp_path / "film.mp4", [0.5])
    for name in beside:
        (tmp_path / name).write_text("")
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert (row["subtitle_path"] if chosen else None) == (
        (tmp_path / chosen).as_posix() if chosen else None
    )
    assert (None if pd.isna(row["language"]) else row["language"]) == language


def test_slug_keeps_letters_and_digits():
    assert make_slug("Film (2024) – Teil 1!") == "film-2024-teil-1"
    assert make_slug("电影") == "film"
    assert len(make_slug("x" * 300)) <= 48
