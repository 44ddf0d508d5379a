"""A clip as data, and as the files that a shard holds of it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.shards.errors import ShardError


@dataclass(frozen=True, eq=False)
class ClipData:
    """A clip as data.

    Attributes:
        clip_id: Id of the clip.
        frames: Frames in order, each RGB uint8 of shape (height, width, 3).
        times_s: Time of each frame in seconds from the start of the clip.
        audio: Sound, mono float32 between -1 and 1.
        sample_rate: Sample rate of the sound in hertz.
    """

    clip_id: str
    frames: list[NDArray[np.uint8]]
    times_s: list[float]
    audio: NDArray[np.float32]
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length of the clip in seconds, which is the length of its sound."""
        return len(self.audio) / self.sample_rate


def to_clip(clip_id: str, content: dict[str, bytes]) -> ClipData:
    """Return a clip whose files are given by their endings."""
    import soundfile

    audio, sample_rate = soundfile.read(io.BytesIO(content["flac"]), dtype="float32")
    return ClipData(
        clip_id=clip_id,
        frames=[_from_jpeg(content[name]) for name in sorted(content) if name.endswith(".jpg")],
        times_s=json.loads(content["json"])["times_s"],
        audio=audio,
        sample_rate=int(sample_rate),
    )


def to_jpeg(frame: NDArray[np.uint8], quality: int) -> bytes:
    """Return a frame as a JPEG picture.

    Raises:
        ShardError: If its shape is not that of a picture.
    """
    bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ShardError(f"a frame of shape {frame.shape} cannot be written as JPEG")
    content: bytes = encoded.tobytes()
    return content


def _from_jpeg(content: bytes) -> NDArray[np.uint8]:
    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("a frame is not a JPEG picture")
    frame: NDArray[np.uint8] = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    return frame


def to_flac(audio: NDArray[np.float32], sample_rate: int) -> bytes:
    """Return sound as a FLAC file with 16 bits."""
    import soundfile

    whole = np.clip(np.round(np.asarray(audio, np.float64) * 32768), -32768, 32767)
    file = io.BytesIO()
    soundfile.write(file, whole.astype(np.int16), sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
