"""What is sent beside a question's words: pictures and sound, in the form that providers take."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from libra_emo.errors import LibraEmoError

SoundFormat = Literal["wav", "mp3", "flac"]


class EnclosureError(LibraEmoError):
    """A clip's pictures or sound cannot be sent."""


class ClipSource(Protocol):
    """Where clips' pictures and sound lie, such as a folder of shards."""

    def raw(self, clip_id: str) -> Mapping[str, bytes]:
        """Return a clip's files by their ending: `00.jpg`, `01.jpg`, …, `flac`."""


@dataclass(frozen=True)
class Dressing:
    """How pictures and sound are made ready.

    Attributes:
        frames: How many pictures, evenly spread over those that there are.
        frame_pixels: Longest side of a picture; a smaller one is not enlarged.
        jpeg_quality: Of a picture that is made smaller, 1 to 100.
        sound: Whether the sound is sent.
        sound_format: In which form.
    """

    frames: int
    frame_pixels: int
    jpeg_quality: int
    sound: bool
    sound_format: SoundFormat

    def told(self) -> dict[str, Any]:
        """Return what of it makes a difference to what is sent."""
        seen = {"frame_pixels": self.frame_pixels, "jpeg_quality": self.jpeg_quality}
        return {
            **(seen if self.frames else {}),
            **({"sound_format": self.sound_format} if self.sound else {}),
        }


@dataclass(frozen=True)
class Enclosures:
    """A clip's pictures and sound as they lie on the disk, and how they are to be dressed.

    A question is told apart by these originals and the dressing, not by the dressed bytes, which
    another version of an encoder would make differently.
    """

    pictures: tuple[bytes, ...]
    sound: bytes | None
    dressing: Dressing

    def digests(self) -> tuple[list[str], str | None]:
        """Return the hash of each picture and of the sound."""
        sound = None if self.sound is None else hashlib.sha256(self.sound).hexdigest()
        return [hashlib.sha256(picture).hexdigest() for picture in self.pictures], sound

    def parts(self) -> list[dict[str, Any]]:
        """Return pictures and sound as parts of a message in OpenAI's protocol."""
        dressing = self.dressing
        parts: list[dict[str, Any]] = []
        for picture in self.pictures:
            smaller = shrink_jpeg(picture, dressing.frame_pixels, dressing.jpeg_quality)
            url = "data:image/jpeg;base64," + base64.b64encode(smaller).decode()
            parts.append({"type": "image_url", "image_url": {"url": url}})
        if self.sound is not None:
            data = base64.b64encode(convert_flac(self.sound, dressing.sound_format)).decode()
            told = {"data": data, "format": dressing.sound_format}
            parts.append({"type": "input_audio", "input_audio": told})
        return parts

    def sizes(self) -> list[tuple[int, int]]:
        """Return width and height of each picture as it will be sent."""
        limit = self.dressing.frame_pixels
        return [_fit(jpeg_size(picture), limit) for picture in self.pictures]


def enclose(files: Mapping[str, bytes], clip_id: str, dressing: Dressing) -> Enclosures:
    """Return what is sent of a clip's files.

    Raises:
        EnclosureError: If the clip has no pictures or no sound where they are wanted.
    """
    names = sorted(name for name in files if name.endswith(".jpg"))
    if dressing.frames and not names:
        raise EnclosureError(f"clip {clip_id}: its shard has no pictures; run preprocessing again")
    if dressing.sound and "flac" not in files:
        raise EnclosureError(f"clip {clip_id}: its shard has no sound; run preprocessing again")
    pictures = tuple(files[name] for name in spread(names, dressing.frames))
    return Enclosures(pictures, files["flac"] if dressing.sound else None, dressing)


def spread(items: Sequence[str], count: int) -> list[str]:
    """Return so many items evenly spread, in order; all where there are no more."""
    if count >= len(items):
        return list(items)
    return [items[(2 * place + 1) * len(items) // (2 * count)] for place in range(count)]


def shrink_jpeg(jpeg: bytes, longest_side: int, quality: int) -> bytes:
    """Return a picture no larger than a limit; the very bytes where it is small enough."""
    size = jpeg_size(jpeg)
    if max(size) <= longest_side:
        return jpeg
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise EnclosureError("a picture is no JPEG that can be read; run preprocessing again")
    smaller = cv2.resize(picture, _fit(size, longest_side), interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, quality])
    content: bytes = encoded.tobytes()
    return content


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height out of a JPEG's header.

    Raises:
        EnclosureError: If it is no JPEG.
    """
    place = 2
    while jpeg[:2] == b"\xff\xd8" and place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(jpeg[place + 5 : place + 7], "big")
            return int.from_bytes(jpeg[place + 7 : place + 9], "big"), height
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    raise EnclosureError("a picture is no JPEG that can be read; run preprocessing again")


def convert_flac(flac: bytes, sound_format: SoundFormat) -> bytes:
    """Return a sound in another form."""
    if sound_format == "flac":
        return flac
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    file = io.BytesIO()
    subtype = "PCM_16" if sound_format == "wav" else None
    soundfile.write(file, samples, rate, format=sound_format.upper(), subtype=subtype)
    return file.getvalue()


def flac_seconds(flac: bytes) -> float:
    """Return a sound's length out of its FLAC header, which begins the file.

    Raises:
        EnclosureError: If it is no FLAC.
    """
    if flac[:4] != b"fLaC" or len(flac) < 26:
        raise EnclosureError("a sound is no FLAC that can be read; run preprocessing again")
    packed = int.from_bytes(flac[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return samples / rate if rate else 0.0


def _fit(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    scale = min(1.0, longest_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
