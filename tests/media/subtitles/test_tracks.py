import av
import pytest
from support.drawn_films import SHARED, write_film
from support.tracked_films import write_tracked_film

from libra_emo.media.subtitles.cues import SubtitleError, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.subtitles.tracks import list_subtitle_tracks, read_subtitle_tracks

KINDS = av.stream.Disposition
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")


def tracks_of(film):
    with av.open(str(film)) as container:
        return list_subtitle_tracks(container)


def spoken(film, index):
    cues = make_cues(read_subtitle_tracks(film, [index])[index])
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in cues]


@pytest.mark.parametrize(
    ("ending", "codec", "text"),
    [
        ("mkv", "subrip", "- <i>Hello</i> you!"),
        ("mkv", "webvtt", "<c>Hello</c> you!"),
        ("mkv", "ass", "{\\i1}Hello{\\i0}\\Nyou!"),
        ("mp4", "mov_text", "Hello\nyou!"),
        ("mov", "mov_text", "[waves] Hello you!"),
    ],
)
def test_text_of_any_track_is_read(tmp_path, ending, codec, text):
    cues = [(0.5, 1.25, text), (1.5, 2, "Good bye, you.")]
    subtitles = [(codec, "eng", KINDS.default, cues)]
    film = write_tracked_film(tmp_path / f"film.{ending}", [("eng", 300, 1)], subtitles)
    (track,) = tracks_of(film)
    assert (track.language, track.is_text, track.is_default, track.is_forced) == (
        "en",
        True,
        True,
        False,
    )
    assert spoken(film, track.index) == [(500, 1250, "Hello you!"), (1500, 2000, "Good bye, you.")]


def test_several_tracks_are_read_at_once_and_kept_apart(tmp_path):
    subtitles = [
        ("subrip", "eng", 0, [(0.5, 1, "one")]),
        ("ass", "fre", KINDS.forced, [(0.6, 1, "un")]),
        ("subrip", None, 0, []),
    ]
    film = write_tracked_film(tmp_path / "film.mkv", subtitles=subtitles)
    tracks = tracks_of(film)
    assert [(track.language, track.is_forced) for track in tracks] == [
        ("en", False),
        ("fr", True),
        (None, False),
    ]
    read = read_subtitle_tracks(film, [track.index for track in tracks])
    assert list(read.values()) == [[(500, 1000, "one")], [(600, 1000, "un")], []]


def test_track_or_film_that_is_not_there_is_told(tmp_path):
    film = write_film(tmp_path / "film.mp4", [1])
    with pytest.raises(SubtitleError, match=r"film\.mp4"):
        read_subtitle_tracks(film, [7])
    with pytest.raises(SubtitleError, match=r"gone\.mp4"):
        read_subtitle_tracks(tmp_path / "gone.mp4", [2])


def test_film_that_breaks_off_gives_the_cues_before(tmp_path):
    cues = [(place + 0.1, place + 0.9, f"line {place}") for place in range(8)]
    whole = write_tracked_film(
        tmp_path / "whole.mkv", [("eng", 300, 1)], [("subrip", "eng", 0, cues)], seconds=8
    )
    content = whole.read_bytes()
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(content[: len(content) // 2])
    index = tracks_of(whole)[0].index
    found = spoken(torn, index)
    assert found == spoken(whole, index)[: len(found)]


@real
def test_track_of_a_real_film_is_what_another_tool_took_out_of_it():
    film = SHARED / "videos/nasa_13013.mp4"
    peer = make_cues(read_subtitle_file(SHARED / "subtitles/nasa_13013.srt"))
    assert len(peer) == 4
    for track in tracks_of(film):
        assert track.language == "en"
        assert spoken(film, track.index) == [(cue.start_ms, cue.end_ms, cue.text) for cue in peer]


@real
@pytest.mark.parametrize(
    ("name", "cues"),
    [
        ("mov_text.mp4", [(523, 1016, "oop"), (1523, 1916, "boop")]),
        ("webvtt.mkv", [(546, 1039, "oop"), (1546, 1939, "boop")]),
    ],
)
def test_tracks_of_other_real_films(name, cues):
    film = SHARED / "videos" / name
    (track,) = tracks_of(film)
    assert spoken(film, track.index) == cues
