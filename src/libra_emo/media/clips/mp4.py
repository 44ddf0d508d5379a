"""Clips as files for people to watch: H.264 and AAC in MP4, which all browsers play."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av

from libra_emo.common.files import publish
from libra_emo.common.images import fit_size
from libra_emo.common.parts import part_of
from libra_emo.errors import LibraEmoError
from libra_emo.media.clips.remuxing import VideoPackets, list_decoding_times
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.colour import Colours, choose_clip_colours, tag
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.opening import time_base_of, to_ms
from libra_emo.media.video.pictures import to_clip_picture
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.sound import Sound

SOUND_HERTZ = (
    16_000,
    22_050,
    24_000,
    32_000,
    44_100,
    48_000,
)  # sample rates of AAC that browsers play


class ClipError(LibraEmoError):
    """A clip file cannot be written."""


def name_clip(source_id: str, scene: Scene) -> str:
    """Return the id of a clip: the id of its film, and its start and end in milliseconds."""
    return f"{source_id}-{scene.start_ms:08d}-{scene.end_ms:08d}"


class ClipWriter:
    """Writer of one clip; the file appears whole when the block ends without an error.

    Args:
        path: The file.
        scene: Scene of the film that the clip shows.
        rate: Frame rate of the film; each frame keeps its own time nevertheless.
        options: Size and quality of the clip.
    """

    def __init__(
        self, path: Path, scene: Scene, rate: Fraction, options: PreprocessingOptions
    ) -> None:
        self.path = path
        self._scene = scene
        self._rate = rate
        self._options = options
        self._part = part_of(path)
        self._video: Any = None
        self._colours: Colours | None = None
        self._sound: Sound | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._container: Any = av.open(
                str(self._part.absolute()), "w", "mp4", options={"movflags": "+faststart"}
            )
        except (av.error.FFmpegError, OSError) as error:
            raise self._error(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._video is not None:
                self._mux(self._video, None)
            self._container.close()
            if kind is None:
                publish(self._part, self.path)
        except (av.error.FFmpegError, OSError) as trouble:
            if kind is None:
                raise self._error(trouble) from trouble
        finally:
            self._part.unlink(missing_ok=True)

    def add_sound(self, sound: Sound) -> None:
        """Add the sound of the whole clip, before the frames are added."""
        rate = sound.rate if sound.rate in SOUND_HERTZ else SOUND_HERTZ[-1]
        length = round(self._scene.length_ms * rate / 1000)
        self._sound = Sound(sound.resampled(sound.layout, rate, length), rate)

    def add(self, frame: Frame) -> None:
        """Add the next frame of the scene."""
        if self._video is None or self._colours is None:
            self._colours = choose_clip_colours(frame.picture)
            self._video = self._start_video(frame, self._colours)
            self._write_sound()
        size = self._video.width, self._video.height
        picture = to_clip_picture(frame.picture, size, self._colours)
        start = round(Fraction(self._scene.start_ms, 1000) / frame.time_base)
        picture.pts = max(0, frame.picture.pts - start)
        picture.time_base = frame.time_base
        picture.pict_type = av.video.frame.PictureType.NONE
        self._mux(self._video, picture)

    def add_packets(self, video: VideoPackets, colours: Colours) -> None:
        """Add the encoded picture of the whole clip as it is in the film, instead of frames.

        Args:
            video: The packets.
            colours: Meaning of the picture's numbers, which a film does not always state.
        """
        stream = self._container.add_stream_from_template(video.stream)
        tag(stream.codec_context, colours)
        self._write_sound()
        base = time_base_of(video.stream)
        first = video.times[0]
        if to_ms(first, base) != self._scene.start_ms:  # the picture starts later than the clip
            first = round(Fraction(self._scene.start_ms, 1000) / base)
        try:
            for time, packet in zip(list_decoding_times(video), video.packets, strict=True):
                packet.pts, packet.dts = packet.pts - first, time - first
                packet.stream = stream
                self._container.mux_one(packet)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise self._error(error) from error

    def _start_video(self, frame: Frame, colours: Colours) -> Any:
        options = self._options
        width, height = fit_size((frame.picture.width, frame.picture.height), options.clip_pixels)
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)
        stream.pix_fmt = "yuv420p"
        tag(stream.codec_context, colours)
        stream.codec_context.time_base = frame.time_base
        stream.codec_context.thread_count = 1
        stream.options = {"preset": options.clip_preset, "crf": str(options.clip_crf)}
        return stream

    def _write_sound(self) -> None:
        if self._sound is None:
            return
        stream = self._container.add_stream("aac", rate=self._sound.rate)
        stream.layout = self._sound.layout
        stream.bit_rate = self._options.clip_sound_kilobits * 1000
        stream.options = {"aac_coder": "fast"}
        frame = self._sound.to_frame()
        frame.pts, frame.time_base = 0, Fraction(1, self._sound.rate)
        self._mux(stream, frame)
        self._mux(stream, None)

    def _mux(self, stream: Any, frame: Any) -> None:
        try:
            self._container.mux(stream.encode(frame))
        except (av.error.FFmpegError, OSError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> ClipError:
        reason = getattr(error, "strerror", None) or str(error)
        return ClipError(f"{self.path}: the clip cannot be written: {reason}")
