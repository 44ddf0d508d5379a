import base64
import io
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile
from support.llm_clips import clip_names, make_shards

from libra_emo.llm.request.attachments import (
    AttachmentError,
    Encoding,
    attach,
    flac_seconds,
    jpeg_size,
    shrink_jpeg,
)

ENCODING = Encoding(frames=16, frame_pixels=448, jpeg_quality=85, sound=True, sound_format="wav")


def test_sixteen_pictures_and_the_sound_as_the_protocol_wants_them(tmp_path: Path) -> None:
    source = make_shards(tmp_path, 1)
    attachments = attach(source.raw(clip_names(1)[0]), "c", ENCODING)
    *pictures, sound = attachments.parts()
    assert len(pictures) == 16 and sound["type"] == "input_audio"
    raw = source.raw(clip_names(1)[0])
    for number, part in enumerate(pictures):
        head, data = part["image_url"]["url"].split(",")
        assert head == "data:image/jpeg;base64"
        assert base64.b64decode(data) == raw[f"{number:02d}.jpg"], "small enough: the very bytes"
    wav = base64.b64decode(sound["input_audio"]["data"])
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    original, _ = soundfile.read(io.BytesIO(raw["flac"]), dtype="int16")
    assert rate == 16_000 and np.array_equal(samples, original)


def test_a_large_picture_is_made_smaller_and_keeps_its_form(tmp_path: Path) -> None:
    source = make_shards(tmp_path, 1, frames=2, size=(640, 360))
    attachments = attach(source.raw(clip_names(1)[0]), "c", replace(ENCODING, frame_pixels=320))
    assert attachments.sizes() == [(320, 180), (320, 180)]
    smaller = shrink_jpeg(attachments.pictures[0], 320, 85)
    assert jpeg_size(smaller) == (320, 180)
    old = cv2.imdecode(np.frombuffer(attachments.pictures[0], np.uint8), cv2.IMREAD_COLOR)
    new = cv2.imdecode(np.frombuffer(smaller, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(old.mean((0, 1)) - new.mean((0, 1))).max() < 3


def test_digests_are_of_the_originals(tmp_path: Path) -> None:
    source = make_shards(tmp_path, 2)
    first, second = (attach(source.raw(clip), "c", ENCODING) for clip in clip_names(2))
    assert first.digests() != second.digests()
    assert (
        first.digests()
        == attach(source.raw(clip_names(2)[0]), "c", replace(ENCODING, frame_pixels=50)).digests()
    )


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "8"), (2, "4 12"), (4, "2 6 10 14"), (16, None), (99, None)]
)
def test_fewer_pictures_are_evenly_spread(count: int, expected: str | None) -> None:
    items = [str(n) for n in range(16)]
    files = {f"{int(item):02d}.jpg": item.encode() for item in items}
    chosen = attach(files, "c", replace(ENCODING, frames=count, sound=False)).pictures
    assert [picture.decode() for picture in chosen] == (expected.split() if expected else items)


def test_a_voter_that_only_reads_gets_no_files() -> None:
    assert attach({}, "c", replace(ENCODING, frames=0, sound=False)).parts() == []


@pytest.mark.parametrize("fmt", ["mp3", "flac"])
def test_other_forms_of_sound_can_be_decoded(tmp_path: Path, fmt: str) -> None:
    source = make_shards(tmp_path, 1)
    encoding = replace(ENCODING, frames=0, sound_format=fmt)  # type: ignore[arg-type]
    (part,) = attach(source.raw(clip_names(1)[0]), "c", encoding).parts()
    data = base64.b64decode(part["input_audio"]["data"])
    samples, rate = soundfile.read(io.BytesIO(data))
    assert (rate, part["input_audio"]["format"]) == (16_000, fmt)
    assert abs(len(samples) - 8000) < 3000


def test_what_is_no_picture_is_refused() -> None:
    for content in (b"", b"\xff\xd8", b"GIF89a" + b"x" * 40, b"\xff\xd8\xff\xe0\x00\x04ab\x00"):
        with pytest.raises(AttachmentError, match="no JPEG"):
            jpeg_size(content)


def test_a_clip_without_what_is_wanted_is_refused() -> None:
    with pytest.raises(AttachmentError, match="clip c: its shard has no pictures"):
        attach({"json": b"{}"}, "c", ENCODING)
    with pytest.raises(AttachmentError, match="clip c: its shard has no sound"):
        attach({"json": b"{}"}, "c", replace(ENCODING, frames=0))


def test_the_length_of_a_sound_stands_in_its_header(tmp_path: Path) -> None:
    raw = make_shards(tmp_path, 1).raw(clip_names(1)[0])
    assert flac_seconds(raw["flac"]) == pytest.approx(0.5)
    with pytest.raises(AttachmentError, match="no FLAC"):
        flac_seconds(b"RIFF" + bytes(60))
