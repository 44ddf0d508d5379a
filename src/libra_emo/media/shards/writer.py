"""The writing of shards: one tar a film with frames and sound, whose bytes are reproducible."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from libra_emo.common.files import publish
from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum, checksum_json
from libra_emo.common.parts import part_of
from libra_emo.media.shards.clip_data import ClipData, to_flac, to_jpeg
from libra_emo.media.shards.index import BLOCK, Member, gather, remove_index, write_index


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
        self._members: list[Member] = []

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
            if kind is None:
                remove_index(self.path)
            if kind is None and self._members:
                publish(self._part, self.path)
                write_index(self.path, gather(self._members))
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
            f"{number:02d}.jpg": to_jpeg(frame, self.jpeg_quality)
            for number, frame in enumerate(clip.frames)
        }
        files["flac"] = to_flac(clip.audio, clip.sample_rate)
        facts: dict[str, Any] = {
            "times_s": [round(float(time), 3) for time in clip.times_s],
            "files": {ending: checksum(content) for ending, content in files.items()},
        }
        facts[CHECKSUM_KEY] = checksum_json(facts)
        files["json"] = json.dumps(facts).encode()
        for ending, content in files.items():
            self._put(clip.clip_id, ending, content)

    def _put(self, clip_id: str, ending: str, content: bytes) -> None:
        # time, owner and mode keep their constant defaults
        member = tarfile.TarInfo(f"{clip_id}.{ending}")
        member.size = len(content)
        place = self._tar.offset + BLOCK  # a header of this format is one block
        self._members.append(Member(clip_id, ending, place, len(content)))
        self._tar.addfile(member, io.BytesIO(content))
