"""Clips as models read them: one tar a film with frames and sound, whose bytes are reproducible."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.common.files import publish
from libra_emo.common.integrity.checksums import (
    CHECKSUM_KEY,
    DamagedFileError,
    checksum,
    checksum_json,
)
from libra_emo.common.parts import part_of
from libra_emo.errors import LibraEmoError


class ShardError(LibraEmoError):
    """A shard is missing, or lacks a clip."""


class DamagedShardError(ShardError, DamagedFileError):
    """A shard is not as it was written."""


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


class ShardWriter:
    """Writer of one film's clips; the file appears whole when the block ends without an error.

    A film without clips gets no file, and an older file of it is removed.

    Args:
        folder: Folder of the shards.
        source_id: Id of the film; the file is `<source_id>.tar`.
        jpeg_quality: JPEG quality of the frames, 1 to 100.
    """

    def __init__(self, folder: Path, source_id: str, jpeg_quality: int = 90) -> None:
        self.path = folder / f"{source_id}.tar"
        self.jpeg_quality = jpeg_quality
        self._part = part_of(self.path)
        self._clips = 0

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._tar = tarfile.open(self._part, "w", format=tarfile.USTAR_FORMAT)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._tar.close()
            if kind is None and self._clips:
                publish(self._part, self.path)
            elif kind is None:
                self.path.unlink(missing_ok=True)
        finally:
            self._part.unlink(missing_ok=True)

    def add(self, clip: ClipData) -> None:
        """Add a clip: `<clip_id>.<nn>.jpg` for each frame, `<clip_id>.flac`, `<clip_id>.json`.

        The JSON file comes last. It holds the times of the frames, the checksum of each file, and
        its own.
        """
        files = {
            f"{number:02d}.jpg": _to_jpeg(frame, self.jpeg_quality)
            for number, frame in enumerate(clip.frames)
        }
        files["flac"] = _to_flac(clip.audio, clip.sample_rate)
        facts: dict[str, Any] = {
            "times_s": [round(float(time), 3) for time in clip.times_s],
            "files": {ending: checksum(content) for ending, content in files.items()},
        }
        facts[CHECKSUM_KEY] = checksum_json(facts)
        files["json"] = json.dumps(facts).encode()
        for ending, content in files.items():
            self._put(f"{clip.clip_id}.{ending}", content)
        self._clips += 1

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)  # time, owner and mode keep their constant defaults
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))


class ShardReader:
    """Reader of the clips in a folder of shards; a pickled reader is small.

    Args:
        folder: Folder of the shards.
        names: File names of the shards to read; None for all shards of the folder.
    """

    def __init__(self, folder: Path, names: Sequence[str] | None = None) -> None:
        self.folder = Path(folder)
        self.names = names

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "names": self.names}

    def clip_ids(self) -> list[str]:
        """Return the ids of all clips, sorted."""
        return sorted(self._members)

    def shard(self, clip_id: str) -> Path:
        """Return the path of the shard that holds a clip.

        Raises:
            ShardError: If no shard has the clip.
        """
        return self._members_of(clip_id)[0]

    def clip(self, clip_id: str) -> ClipData:
        """Return a clip.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
        """
        content = self.raw(clip_id)
        try:
            return _to_clip(clip_id, content)
        except (ValueError, KeyError, TypeError, RuntimeError, cv2.error) as error:
            raise _damaged(self.shard(clip_id), error, clip_id) from error

    def raw(self, clip_id: str) -> dict[str, bytes]:
        """Return the files of a clip in its shard, by their endings: `00.jpg`, …, `flac`.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
        """
        path, members = self._members_of(clip_id)
        try:
            with path.open("rb") as file:
                content = {ending: _read(file, *place) for ending, place in members.items()}
            _verify(content)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise _damaged(path, error, clip_id) from error
        return content

    def _members_of(self, clip_id: str) -> tuple[Path, dict[str, tuple[int, int]]]:
        try:
            return self._members[clip_id]
        except KeyError:
            message = f"clip {clip_id}: no shard in {self.folder} has it; run preprocessing again"
            path = self.folder / f"{clip_id.rsplit('-', 2)[0]}.tar"
            if path.is_file():  # what follows damage in a tar cannot be found
                raise DamagedShardError(message, path) from None
            raise ShardError(message) from None

    def _paths(self) -> list[Path]:
        if self.names is not None:
            return [self.folder / name for name in sorted(self.names)]
        return sorted(self.folder.glob("*.tar"))

    @cached_property
    def _members(self) -> dict[str, tuple[Path, dict[str, tuple[int, int]]]]:
        """Clip → path of its shard, and ending of each file → offset and size in the shard."""
        index: dict[str, tuple[Path, dict[str, tuple[int, int]]]] = {}
        for path in self._paths():
            for member in _list_members(path):
                clip_id, _, ending = member.name.partition(".")
                entry = index.setdefault(clip_id, (path, {}))
                entry[1][ending] = (member.offset_data, member.size)
        return index


def _list_members(path: Path) -> Sequence[tarfile.TarInfo]:
    try:
        with tarfile.open(path) as tar:
            return tar.getmembers()
    except FileNotFoundError as error:
        raise ShardError(f"{path}: the shard is missing; run preprocessing again") from error
    except (OSError, tarfile.TarError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception, clip_id: str | None = None) -> DamagedShardError:
    clip = "" if clip_id is None else f"clip {clip_id}: "
    return DamagedShardError(f"{clip}{path} is damaged ({error}); run preprocessing again", path)


def _verify(content: dict[str, bytes]) -> None:
    """Raise unless the files of a clip are those that were written.

    Raises:
        ValueError: If one is not, or is missing. Other errors of lookup mean the same.
    """
    facts = json.loads(content["json"])
    if "files" not in facts and CHECKSUM_KEY not in facts:
        return  # an earlier version's
    if facts[CHECKSUM_KEY] != checksum_json(facts):
        raise ValueError("the checksum of the clip's facts differs")
    for ending, wanted in facts["files"].items():
        if checksum(content[ending]) != wanted:
            raise ValueError(f"the checksum of {ending} differs")


def _read(file: Any, offset: int, size: int) -> bytes:
    file.seek(offset)
    # each file is filled up with zeros to whole blocks
    content: bytes = file.read(-(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE)
    if len(content) < size:
        raise ValueError("a file of the clip is cut off")
    if content[size:].strip(b"\0"):
        raise ValueError("something lies behind a file of the clip")
    return content[:size]


def _to_clip(clip_id: str, content: dict[str, bytes]) -> ClipData:
    import soundfile

    audio, sample_rate = soundfile.read(io.BytesIO(content["flac"]), dtype="float32")
    return ClipData(
        clip_id=clip_id,
        frames=[_from_jpeg(content[name]) for name in sorted(content) if name.endswith(".jpg")],
        times_s=json.loads(content["json"])["times_s"],
        audio=audio,
        sample_rate=int(sample_rate),
    )


def _to_jpeg(frame: NDArray[np.uint8], quality: int) -> bytes:
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


def _to_flac(audio: NDArray[np.float32], sample_rate: int) -> bytes:
    import soundfile

    whole = np.clip(np.round(np.asarray(audio, np.float64) * 32768), -32768, 32767)
    file = io.BytesIO()
    soundfile.write(file, whole.astype(np.int16), sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
