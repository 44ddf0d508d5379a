"""Attachments of a question: pictures and sound of a clip, encoded as providers accept them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from libra_emo.common.digests import digest_bytes
from libra_emo.common.images import fit_size, shrink_to_fit, spread_evenly
from libra_emo.errors import LibraEmoError

SoundFormat = Literal["wav", "mp3", "flac"]
NO_JPEG = "a picture is no JPEG that can be read; run preprocessing again"


class AttachmentError(LibraEmoError):
    """A clip's pictures or sound cannot be sent."""


class ClipSource(Protocol):
    """Source of clips' pictures and sound, such as a folder of shards."""

    def raw(self, clip_id: str) -> Mapping[str, bytes]:
        """Return a clip's files by their ending: `00.jpg`, `01.jpg`, …, `flac`."""


@dataclass(frozen=True)
class Encoding:
    """Settings by which pictures and sound are encoded.

    Attributes:
        frames: Number of pictures, evenly spread over those of the clip.
        frame_pixels: Longest side of a picture; a smaller picture is not enlarged.
        jpeg_quality: JPEG quality of a picture that is made smaller, 1 to 100.
        sound: Whether the sound is sent.
        sound_format: Format in which it is sent.
    """

    frames: int
    frame_pixels: int
    jpeg_quality: int
    sound: bool
    sound_format: SoundFormat

    def identity(self) -> dict[str, Any]:
        """Return the settings that change what is sent."""
        pictures = {"frame_pixels": self.frame_pixels, "jpeg_quality": self.jpeg_quality}
        return {
            **(pictures if self.frames else {}),
            **({"sound_format": self.sound_format} if self.sound else {}),
        }


@dataclass(frozen=True)
class Attachments:
    """A clip's pictures and sound as they are stored, and how they are to be encoded.

    A question is identified by these originals and the encoding, not by the encoded bytes: another
    version of an encoder would give other bytes for the same question.
    """

    pictures: tuple[bytes, ...]
    sound: bytes | None
    encoding: Encoding

    def digests(self) -> tuple[list[str], str | None]:
        """Return the digest of each picture and of the sound."""
        sound = None if self.sound is None else digest_bytes(self.sound)
        return [digest_bytes(picture) for picture in self.pictures], sound

    def parts(self) -> list[dict[str, Any]]:
        """Return pictures and sound as parts of a message in OpenAI's protocol."""
        encoding = self.encoding
        parts: list[dict[str, Any]] = []
        for picture in self.pictures:
            smaller = shrink_jpeg(picture, encoding.frame_pixels, encoding.jpeg_quality)
            url = "data:image/jpeg;base64," + base64.b64encode(smaller).decode()
            parts.append({"type": "image_url", "image_url": {"url": url}})
        if self.sound is not None:
            data = base64.b64encode(convert_flac(self.sound, encoding.sound_format)).decode()
            sound = {"data": data, "format": encoding.sound_format}
            parts.append({"type": "input_audio", "input_audio": sound})
        return parts

    def sizes(self) -> list[tuple[int, int]]:
        """Return width and height of each picture as it will be sent."""
        limit = self.encoding.frame_pixels
        return [fit_size(jpeg_size(picture), limit) for picture in self.pictures]


def attach(files: Mapping[str, bytes], clip_id: str, encoding: Encoding) -> Attachments:
    """Return the attachments out of a clip's files.

    Raises:
        AttachmentError: If the clip lacks the pictures or the sound that are to be sent.
    """
    names = sorted(name for name in files if name.endswith(".jpg"))
    if encoding.frames and not names:
        raise AttachmentError(f"clip {clip_id}: its shard has no pictures; run preprocessing again")
    if encoding.sound and "flac" not in files:
        raise AttachmentError(f"clip {clip_id}: its shard has no sound; run preprocessing again")
    positions = spread_evenly(len(names), encoding.frames)
    pictures = tuple(files[names[position]] for position in positions)
    return Attachments(pictures, files["flac"] if encoding.sound else None, encoding)


def shrink_jpeg(jpeg: bytes, longest_side: int, quality: int) -> bytes:
    """Return a JPEG no larger than a limit; one that is small enough keeps its bytes."""
    if max(jpeg_size(jpeg)) <= longest_side:
        return jpeg
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise AttachmentError(NO_JPEG)
    smaller = shrink_to_fit(picture, longest_side)
    _, encoded = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, quality])
    content: bytes = encoded.tobytes()
    return content


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height out of a JPEG's header.

    Raises:
        AttachmentError: If it is no JPEG.
    """
    place = 2
    while jpeg[:2] == b"\xff\xd8" and place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        # the frame headers SOF0 to SOF15; C4, C8 and CC in between are other segments
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(jpeg[place + 5 : place + 7], "big")
            return int.from_bytes(jpeg[place + 7 : place + 9], "big"), height
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    raise AttachmentError(NO_JPEG)


def convert_flac(flac: bytes, sound_format: SoundFormat) -> bytes:
    """Return a FLAC sound in another format."""
    if sound_format == "flac":
        return flac
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    file = io.BytesIO()
    subtype = "PCM_16" if sound_format == "wav" else None
    soundfile.write(file, samples, rate, format=sound_format.upper(), subtype=subtype)
    return file.getvalue()


def flac_seconds(flac: bytes) -> float:
    """Return a sound's length in seconds out of the header at the beginning of its FLAC file.

    Raises:
        AttachmentError: If it is no FLAC.
    """
    if flac[:4] != b"fLaC" or len(flac) < 26:
        raise AttachmentError("a sound is no FLAC that can be read; run preprocessing again")
    # STREAMINFO: 20 bits of sample rate, 8 of channels and depth, 36 of the number of samples
    packed = int.from_bytes(flac[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return samples / rate if rate else 0.0
