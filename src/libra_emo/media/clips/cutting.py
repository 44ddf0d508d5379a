"""The cutting of scenes: a clip file for people, and frames and sound for models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libra_emo.common.images import spread_times
from libra_emo.media.clips.mp4 import ClipWriter, name_clip
from libra_emo.media.clips.packet_decoding import decode_wanted
from libra_emo.media.clips.remuxing import PacketReader, VideoPackets
from libra_emo.media.clips.verifying import shows_scene
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.media.video.colour import read_colours, to_small_rgb
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.frames import FilmReader, UnreadableScene
from libra_emo.media.video.opening import time_base_of, to_ms
from libra_emo.media.video.picking import FramePicker
from libra_emo.media.video.pictures import to_one_size
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.silence import LostSound, require_sound
from libra_emo.media.video.sound import Sound, SoundReader


@dataclass(frozen=True)
class _Stamp:
    """Time of a picture in milliseconds, and as it is in the film."""

    time_ms: int
    pts: int


@dataclass(frozen=True)
class CutScenes:
    """What became of the scenes of a film that were to be cut.

    Attributes:
        shard: Path of the shard.
        failed: Scenes that could not be cut, and the reasons.
    """

    shard: Path
    failed: dict[Scene, str] = field(default_factory=dict)


def cut_scenes_out(
    reader: FilmReader,
    source_id: str,
    scenes: Iterable[Scene],
    options: PreprocessingOptions,
    clips_folder: Path,
    shards_folder: Path,
) -> CutScenes:
    """Write a clip file for each scene, and the shard of the film.

    A scene that cannot be decoded a second time, or whose sound was lost, fails alone. A film
    without scenes gets no shard, and an older shard of it is removed.

    Raises:
        ClipError: If a clip file cannot be written.
        ShardError: If the shard cannot be written.
    """
    times = reader.timeline
    failed: dict[Scene, str] = {}
    with (
        SoundReader(reader.path, reader.language, times.audio) as sounds,
        PacketReader(reader.path, options, times.video) as packet_reader,
        ShardWriter(shards_folder, source_id, options.shard_jpeg_quality) as shard,
    ):
        for scene in sorted(scenes):
            path = clips_folder / f"{name_clip(source_id, scene)}.mp4"
            try:
                clip = _cut_or_try_again(reader, sounds, packet_reader, scene, path, options)
            except (UnreadableScene, LostSound) as error:
                failed[scene] = str(error)
            else:
                shard.add(clip)
    return CutScenes(shard.path, failed)


def _cut_or_try_again(
    reader: FilmReader,
    sounds: SoundReader,
    packet_reader: PacketReader,
    scene: Scene,
    path: Path,
    options: PreprocessingOptions,
) -> ClipData:
    """Cut a clip; a scene whose frames a seek did not give is decoded from the film's beginning."""
    try:
        return cut_clip(reader, sounds, packet_reader, scene, path, options)
    except UnreadableScene:
        return cut_clip(reader, sounds, packet_reader, scene, path, options)


def cut_clip(
    reader: FilmReader,
    sounds: SoundReader,
    packet_reader: PacketReader,
    scene: Scene,
    path: Path,
    options: PreprocessingOptions,
) -> ClipData:
    """Write a scene as a clip file, and return its data for models; the film is decoded once.

    The picture of the clip is remuxed from the film if possible, and encoded otherwise. The sound
    is always encoded, because a copied sound would not begin at the first sample of the scene.

    Raises:
        UnreadableScene: If the frames of the scene cannot be decoded again.
        LostSound: If the clip would be silent where the film has sound.

    Args:
        reader: Reader of the film's pictures.
        sounds: Reader of the film's sound.
        packet_reader: Reader of the film's packets.
        scene: Scene to cut.
        path: Path of the clip file; its name without extension is the id of the clip.
        options: Sizes, qualities, and the number of frames for models.
    """
    sound = sounds.read(scene.start_ms, scene.end_ms)
    require_sound(reader.path, reader.language, sounds.times, scene.start_ms, sound)
    packets = packet_reader.read(scene)
    frames = _copy_and_pick(reader, scene, packets, sound, path, options) if packets else []
    if not frames:
        with ClipWriter(path, scene, reader.rate, options) as clip:
            clip.add_sound(sound)
            frames = _encode_and_pick(reader, scene, clip, options)
    samples = round(scene.length_ms * options.sound_hertz / 1000)
    pixels = options.shard_frame_pixels
    pictures = [to_small_rgb(frame.picture, pixels) for frame in frames]
    return ClipData(
        clip_id=path.stem,
        frames=to_one_size(pictures),
        times_s=[max(0, frame.time_ms - scene.start_ms) / 1000 for frame in frames],
        audio=sound.resampled("mono", options.sound_hertz, samples)[0],
        sample_rate=options.sound_hertz,
    )


def _copy_and_pick(
    reader: FilmReader,
    scene: Scene,
    packets: VideoPackets,
    sound: Sound,
    path: Path,
    options: PreprocessingOptions,
) -> list[Frame]:
    """Copy the packets of a scene into a clip, and return the frames for models.

    None are returned if the packets are not exactly the scene, or players would not see it so.
    """
    if reader.read_times(scene.start_ms, scene.end_ms) != packets.times:
        return []
    picked = _pick_times(packets, scene, options)
    frames = decode_wanted(packets, {packets.times[0], *picked})
    if not frames:
        return []
    first = frames[packets.times[0]]
    with ClipWriter(path, scene, reader.rate, options) as clip:
        clip.add_sound(sound)
        clip.add_packets(packets, read_colours(first.picture))
    seconds = [max(0.0, float(time * first.time_base) - scene.start_s) for time in packets.times]
    if not shows_scene(path, seconds, first.picture):
        return []
    return [frames[time] for time in picked]


def _pick_times(packets: VideoPackets, scene: Scene, options: PreprocessingOptions) -> list[int]:
    """Return the times (`pts`) of the pictures for models."""
    base = time_base_of(packets.stream)
    picker: FramePicker[_Stamp] = _make_picker(scene, options)
    for pts in packets.times:
        picker.push(_Stamp(to_ms(pts, base), pts))
    return [stamp.pts for stamp in picker.finish()]


def _encode_and_pick(
    reader: FilmReader, scene: Scene, clip: ClipWriter, options: PreprocessingOptions
) -> list[Frame]:
    """Add all frames to the clip, and return the frames for models."""
    picker: FramePicker[Frame] = _make_picker(scene, options)
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        clip.add(frame)
        picker.push(frame)
    return picker.finish()


def _make_picker(scene: Scene, options: PreprocessingOptions) -> FramePicker[Any]:
    return FramePicker(spread_times(scene.start_ms, scene.length_ms, options.shard_frames))
