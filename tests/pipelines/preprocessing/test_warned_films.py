from pathlib import Path

from support.drawn_films import write_cues, write_film

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.manifests import Film
from libra_emo.pipelines.preprocessing import nodes

FRENCH = "Je ne sais pas ce que c'est, mais vous êtes ici et nous devons partir avec lui."


def test_words_in_another_language_give_a_warning_in_the_log_and_in_the_sources(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.chdir(tmp_path)
    film = write_film(Path("film.mkv"), [1], tone=False)
    write_cues(Path("film.en.srt"), (0, 1, FRENCH))
    with caplog.at_level("WARNING"):
        sources = nodes.list_sources([Film(film)], PreprocessingOptions(), Path("copies"))
    assert sources["warning"][0].startswith("the words of the subtitle are in fr")
    assert "1 of 1 films have a warning" in caplog.text
    caplog.clear()
    Path("film.en.srt").unlink()
    nodes.list_sources([Film(film)], PreprocessingOptions(), Path("copies"))
    assert not [record for record in caplog.records if record.levelname == "WARNING"]
