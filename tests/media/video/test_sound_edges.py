import numpy as np
import pytest
from support.odd_films import Part, join_parts, spoil, write_part

from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.silence import LostSound, require_sound
from libra_emo.media.video.sound import Resampler, SoundReader
from libra_emo.media.video.timeline import read_timeline

CHANGES = {
    "5.1 to stereo": [("ac3", 48_000, "5.1"), ("ac3", 48_000, "stereo")],
    "stereo to 5.1": [("ac3", 48_000, "stereo"), ("ac3", 48_000, "5.1")],
    "mono to stereo": [("mp2", 48_000, "mono"), ("mp2", 48_000, "stereo")],
    "48 to 44.1 kHz": [("mp2", 48_000, "stereo"), ("mp2", 44_100, "stereo")],
    "32 to 48 kHz, mono": [("mp2", 32_000, "mono"), ("mp2", 48_000, "mono")],
    "rate and channels": [("aac", 44_100, "stereo"), ("aac", 48_000, "mono")],
}


def make(path, kinds):
    parts = [
        Part(seconds=3, first=75 * place, sound=codec, hertz=hertz, layout=layout)
        for place, (codec, hertz, layout) in enumerate(kinds)
    ]
    return join_parts(path, *parts)


def pitch(samples, rate):
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


@pytest.mark.parametrize("kinds", CHANGES.values(), ids=list(CHANGES))
def test_sound_goes_on_where_its_form_changes(tmp_path, kinds):
    film = make(tmp_path / "film.ts", kinds)
    with SoundReader(film) as sounds:
        for start, end in ((200, 2800), (2000, 5000), (3300, 5900)):
            sound = sounds.read(start, end)
            loud = np.abs(sound.samples).max(axis=0)
            tenths = loud[: len(loud) // 10 * 10].reshape(10, -1).max(axis=1)
            assert tenths.min() > 0.05
            tail = sound.samples[0, -sound.rate // 2 :]
            assert pitch(tail, sound.rate) == pytest.approx(400, abs=5)


def test_spans_in_any_order_have_the_same_sound(tmp_path):
    film = make(tmp_path / "film.ts", CHANGES["48 to 44.1 kHz"])
    spans = [(0, 2000), (2000, 4000), (4000, 5900)]
    with SoundReader(film) as sounds:
        first = [sounds.read(*span).samples for span in spans]
    with SoundReader(film) as sounds:
        second = [sounds.read(*span).samples for span in reversed(spans)]
    for one, two in zip(first, reversed(second), strict=True):
        assert np.array_equal(one, two)


def test_sound_that_was_lost_is_an_error(tmp_path):
    film = write_part(tmp_path / "film.mkv", Part(seconds=4, codec="libx264", sound="aac"))
    times = read_timeline(film).audio
    with SoundReader(film) as sounds:
        sound = sounds.read(0, 4000)
    require_sound(film, None, times, 0, sound)
    sound.samples[:, sound.rate : 3 * sound.rate] = 0
    with pytest.raises(LostSound, match=r"film.mkv.*1\.1"):
        require_sound(film, None, times, 0, sound)


def test_sound_that_is_silent_in_the_film_is_no_error(tmp_path, monkeypatch):
    film = write_part(tmp_path / "film.ts", Part(seconds=4))
    with SoundReader(film) as sounds:
        sound = sounds.read(3000, 7000)  # the film ends at 4 s
        require_sound(film, None, sounds.times, 3000, sound)
        sound.samples[:] = 0
        require_sound(film, None, None, 0, sound)


def test_blocks_that_are_not_converted_are_an_error(tmp_path, monkeypatch):
    film = write_part(tmp_path / "film.ts", Part(seconds=4))
    monkeypatch.setattr(Resampler, "convert", lambda *_: [])
    with SoundReader(film) as sounds, pytest.raises(LostSound):
        require_sound(film, None, sounds.times, 0, sounds.read(0, 4000))


def test_sound_of_an_unknown_codec_is_none(tmp_path):
    film = write_part(tmp_path / "film.mp4", Part(seconds=2, codec="libx264", sound="aac"))
    spoil(spoil(film, b"mp4a", b"zzzz"), b"\x40\x15", b"\xff\x15")
    with SoundReader(film) as sounds:
        assert not sounds.read(0, 2000).samples.any()
    with FilmReader(film) as reader:
        assert len(list(reader.frames())) == 50
