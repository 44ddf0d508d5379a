import pandas as pd
import pytest
from support.drawn_films import SHARED, write_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films


def test_unreadable_films_are_listed_too(tmp_path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "words.mp4").write_text("no film")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    (tmp_path / "-电影 'x' \"y\".mp4").write_bytes(b"?")
    sources = describe_films(find_films(str(tmp_path)))
    assert len(sources) == 4
    assert sources["source_id"].is_unique
    assert sources["duration_s"].isna().all()


def test_same_film_in_two_folders_has_two_ids(tmp_path):
    film = write_film(tmp_path / "a/film.mp4", [0.5])
    (tmp_path / "b").mkdir()
    (tmp_path / "b/film.mp4").write_bytes(film.read_bytes())
    sources = describe_films(find_films(str(tmp_path)))
    first, second = sources["source_id"]
    assert second == f"{first}-2"
    assert "/a/" in sources["video_path"][0]


@pytest.mark.parametrize("content", ["{", "[]", '{"title": null, "categories": []}', "\x00"])
def test_broken_sidecar_says_nothing(tmp_path, content):
    write_film(tmp_path / "film.mp4", [0.5])
    (tmp_path / "film.info.json").write_text(content)
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert row[["title", "theme", "license"]].isna().all()


def test_sound_alone_is_no_picture(tmp_path):
    import av
    import numpy as np

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.float32), "fltp", "mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert pd.isna(describe_films(find_films(str(tmp_path))).iloc[0]["width"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")
def test_duration_without_a_header_comes_from_the_packets(tmp_path):
    (tmp_path / "film.webm").symlink_to(SHARED / "videos/no_duration.webm")
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert row["duration_s"] == pytest.approx(4.938, abs=0.001)
