"""Clips without tags: nothing planted is left, and picture and sound are the same."""

import io
import struct

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from support.small_release import box, make_flac, make_mp4

from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.cleaning import clean_flac, clean_mp4

PLANTED = "Ana Quillfeather, 48.2 N 16.4 E, /home/ana"


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """A real MP4 file with picture, sound and tags of every kind that the encoder writes."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart+use_metadata_tags"}) as film:
        for name in ("title", "artist", "comment", "location", "own"):
            film.metadata[name] = PLANTED
        stream = film.add_stream("h264", rate=12, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.metadata["handler_name"] = PLANTED
        for number in range(12):
            picture = np.full((48, 64, 3), number * 20, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        film.mux(stream.encode())
    return path.read_bytes()


def decode(content):
    with av.open(io.BytesIO(content)) as film:
        assert not film.metadata.get("title")
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def test_a_real_clip_loses_its_tags_and_nothing_else(video):
    assert PLANTED.encode() in video
    cleaned = clean_mp4(video)
    assert PLANTED.encode() not in cleaned and len(cleaned) == len(video)
    with av.open(io.BytesIO(video)) as film:
        before = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    after = decode(cleaned)
    assert len(after) == 12 and all((a == b).all() for a, b in zip(before, after, strict=True))
    assert clean_mp4(cleaned) == cleaned


def test_a_real_sound_loses_its_tags_and_nothing_else(tmp_path):
    sound = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
    path = tmp_path / "sound.flac"
    with soundfile.SoundFile(path, "w", 16_000, 1, "PCM_16") as file:
        file.artist = file.comment = file.title = PLANTED
        file.write(sound)
    content = path.read_bytes()
    assert PLANTED.encode() in content
    cleaned = clean_flac(content)
    assert PLANTED.encode() not in cleaned and clean_flac(cleaned) == cleaned
    before, after = (soundfile.read(io.BytesIO(each))[0] for each in (content, cleaned))
    assert (before == after).all()


EXIF = b"Exif\0\0MM\0*Ana Quillfeather"


@pytest.mark.parametrize(
    "content",
    [
        make_mp4(PLANTED.encode()),
        make_mp4() + box(b"uuid", bytes(16) + EXIF),
        make_mp4() + box(b"free", EXIF),
        make_mp4() + box(b"skip", EXIF) + box(b"Exif", EXIF),
        make_mp4() + box(b"meta", bytes(4) + box(b"ilst", EXIF)),
        make_mp4() + struct.pack(">I4sQ", 1, b"uuid", 16 + len(EXIF)) + EXIF,
        make_mp4() + struct.pack(">I4s", 0, b"udta") + EXIF,
    ],
)
def test_boxes_that_a_player_does_not_need_are_emptied(content):
    cleaned = clean_mp4(content)
    assert len(cleaned) == len(content) and b"Ana" not in cleaned
    assert b"picture and sound" in cleaned


@pytest.mark.parametrize("kind", [1, 2, 4, 5, 6, 126])
def test_blocks_of_flac_that_a_player_does_not_need_are_left_out(kind):
    stream = b"\0" + (34).to_bytes(3, "big") + bytes(34)
    block = bytes([kind | 0x80]) + len(EXIF).to_bytes(3, "big") + EXIF
    assert clean_flac(b"fLaC" + stream + block + b"frames") == (
        b"fLaC" + b"\x80" + stream[1:] + b"frames"
    )


@given(st.binary(max_size=60), st.integers(0, 400))
def test_damage_is_an_error_of_ours_or_harmless(noise, place):
    for whole, clean in ((make_mp4(b"tag"), clean_mp4), (make_flac(b"tag"), clean_flac)):
        at = place % len(whole)
        for damaged in (whole[:at], whole[:at] + noise + whole[at:], noise):
            try:
                cleaned = clean(damaged)
            except ReleaseError:
                continue
            assert clean(cleaned) == cleaned
