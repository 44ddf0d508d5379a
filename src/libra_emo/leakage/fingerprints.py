"""What of a clip survives another encoding: the gist of its frames, of its sound, and its words.

The frames' hashes are difference hashes (which of two neighbouring areas is brighter), across and
down. The sound's are the signs of how the energy of neighbouring bands changes over time, after
Haitsma and Kalker (2002).
"""

from __future__ import annotations

import io
import unicodedata
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.shards import ShardError, ShardReader

FRAMES = 8  # of a clip, at equal distances
SIDE = 8
FLAT_LEVELS = 6.0  # a frame whose grey levels spread less says nothing
BANDS = 17
LOW_HZ, HIGH_HZ = 300.0, 3000.0
STEP_S, WINDOW_S = 0.05, 0.4
SILENT_DECIBEL = -55.0


class SoundPrint(NamedTuple):
    """The fingerprint of a sound.

    Attributes:
        bits: [steps, bands - 1].
        heard: Which steps are not silent, [steps].
    """

    bits: NDArray[np.bool_]
    heard: NDArray[np.bool_]


class Fingerprint:
    """The fingerprint of a clip; its sound is read when it is first needed.

    Args:
        clip_id: Id of the clip.
        subtitle: Words of the clip.
        clip_shards: Frames and sound.

    Attributes:
        frames: Hashes of its frames that are not flat, [frames, 2] of 64 bits each.
        words: Its words without case, signs and spaces.
    """

    def __init__(self, clip_id: str, subtitle: str, clip_shards: ShardReader) -> None:
        self.clip_id = clip_id
        self.words = normalise_words(subtitle)
        self._clip_shards = clip_shards
        content = clip_shards.raw(clip_id)
        pictures = [content[name] for name in sorted(content) if name.endswith(".jpg")]
        places = np.unique(np.linspace(0, len(pictures) - 1, FRAMES).round().astype(int))
        hashes = [hash_frame(_read_grey(clip_id, pictures[place])) for place in places if pictures]
        known = [pair for pair in hashes if pair is not None]
        self.frames = np.array(known, dtype=np.uint64).reshape(-1, 2)

    @cached_property
    def sound(self) -> SoundPrint:
        """The fingerprint of the clip's sound."""
        import soundfile

        content = self._clip_shards.raw(self.clip_id)["flac"]
        try:
            audio, sample_rate = soundfile.read(io.BytesIO(content), dtype="float32")
        except RuntimeError as error:
            raise ShardError(
                f"clip {self.clip_id}: its sound is damaged ({error}); run preprocessing again"
            ) from error
        return hash_sound(audio, int(sample_rate))


def hash_frame(frame: NDArray[np.uint8]) -> tuple[int, int] | None:
    """Return two hashes of 64 bits of a frame, across and down; None if the frame is flat.

    Args:
        frame: Grey levels, uint8, [height, width].
    """
    small = cv2.resize(frame, (SIDE + 1, SIDE + 1), interpolation=cv2.INTER_AREA).astype(np.int16)
    if small.std() < FLAT_LEVELS:
        return None
    across = small[:SIDE, 1:] > small[:SIDE, :-1]
    down = small[1:, :SIDE] > small[:-1, :SIDE]
    return _pack(across), _pack(down)


def hash_sound(audio: NDArray[np.float32], sample_rate: int) -> SoundPrint:
    """Return the fingerprint of a sound; it has no steps if the sound is too short.

    Args:
        audio: Mono, between -1 and 1.
        sample_rate: Samples a second.
    """
    step, window = round(STEP_S * sample_rate), round(WINDOW_S * sample_rate)
    if len(audio) < window + step:
        return SoundPrint(np.zeros((0, BANDS - 1), dtype=bool), np.zeros(0, dtype=bool))
    blocks = np.lib.stride_tricks.sliding_window_view(audio, window)[::step]
    power = np.abs(np.fft.rfft(blocks * np.hanning(window), axis=1)) ** 2
    frequencies = np.fft.rfftfreq(window, 1 / sample_rate)
    edges = np.searchsorted(frequencies, np.geomspace(LOW_HZ, HIGH_HZ, BANDS + 1))
    energy = np.log(np.add.reduceat(power, edges[:-1], axis=1)[:, :BANDS] + 1e-12)
    slope = np.diff(energy, axis=1)
    loudness = 10 * np.log10((blocks**2).mean(axis=1) + 1e-12)
    return SoundPrint(np.diff(slope, axis=0) > 0, loudness[1:] > SILENT_DECIBEL)


def join_bits(sound: SoundPrint) -> NDArray[np.uint32]:
    """Return each two neighbouring steps of a sound that are heard, as one number of 32 bits."""
    if len(sound.bits) < 2:
        return np.zeros(0, dtype=np.uint32)
    pairs = np.concatenate([sound.bits[:-1], sound.bits[1:]], axis=1)
    heard = sound.heard[:-1] & sound.heard[1:]
    joined: NDArray[np.uint32] = np.packbits(pairs[heard], axis=1).view(">u4")[:, 0]
    return joined.astype(np.uint32)


def normalise_words(subtitle: str) -> str:
    """Return the letters and digits of a text, without case, signs and spaces."""
    text = unicodedata.normalize("NFKC", subtitle).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _read_grey(clip_id: str, content: bytes) -> NDArray[np.uint8]:
    grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    if grey is None:
        raise ShardError(f"clip {clip_id}: a frame is damaged; run preprocessing again")
    frame: NDArray[np.uint8] = np.asarray(grey, dtype=np.uint8)
    return frame


def _pack(bits: NDArray[np.bool_]) -> int:
    return int(np.packbits(bits.ravel()).view(">u8")[0])
