"""The cutting of scenes: a clip file for people, and frames and sound for models."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from libra_emo.common.images import shrink_to_fit, spread_times
from libra_emo.media.clips.mp4 import ClipWriter, name_clip
from libra_emo.media.clips.remuxing import PacketReader, VideoPackets
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.media.video.frames import FilmReader, Frame
from libra_emo.media.video.picking import FramePicker
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.sound import SoundReader


def cut_scenes_out(
    reader: FilmReader,
    source_id: str,
    scenes: Iterable[Scene],
    options: PreprocessingOptions,
    clips_folder: Path,
    shards_folder: Path,
) -> Path:
    """Write a clip file for each scene, and the shard of the film; return the path of the shard.

    A film without scenes gets no shard, and an older shard of it is removed.

    Raises:
        ClipError: If a clip file cannot be written.
        ShardError: If the shard cannot be written.
    """
    with (
        SoundReader(reader.path, reader.language) as sounds,
        PacketReader(reader.path, options) as packet_reader,
        ShardWriter(shards_folder, source_id, options.shard_jpeg_quality) as shard,
    ):
        for scene in sorted(scenes):
            path = clips_folder / f"{name_clip(source_id, scene)}.mp4"
            shard.add(cut_clip(reader, sounds, packet_reader, scene, path, options))
    return shard.path


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

    Args:
        reader: Reader of the film's pictures.
        sounds: Reader of the film's sound.
        packet_reader: Reader of the film's packets.
        scene: Scene to cut.
        path: Path of the clip file; its name without extension is the id of the clip.
        options: Sizes, qualities, and the number of frames for models.
    """
    sound = sounds.read(scene.start_ms, scene.end_ms)
    packets = packet_reader.read(scene)
    with ClipWriter(path, scene, reader.rate, options) as clip:
        clip.add_sound(sound)
        frames = _pick_if_matching(reader, scene, packets, options) if packets else None
        if packets and frames:
            clip.add_packets(packets)
        else:
            frames = _encode_and_pick(reader, scene, clip, options)
    samples = round(scene.length_ms * options.sound_hertz / 1000)
    return ClipData(
        clip_id=path.stem,
        frames=[shrink_to_fit(frame.to_array(), options.shard_frame_pixels) for frame in frames],
        times_s=[max(0, frame.time_ms - scene.start_ms) / 1000 for frame in frames],
        audio=sound.resampled("mono", options.sound_hertz, samples)[0],
        sample_rate=options.sound_hertz,
    )


def _pick_if_matching(
    reader: FilmReader, scene: Scene, packets: VideoPackets, options: PreprocessingOptions
) -> list[Frame] | None:
    """Return the frames for models; None if the packets hold other frames than the scene."""
    picker = _make_picker(scene, options)
    times = []
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        times.append(frame.picture.pts)
        picker.push(frame)
    return picker.finish() if times == packets.times else None


def _encode_and_pick(
    reader: FilmReader, scene: Scene, clip: ClipWriter, options: PreprocessingOptions
) -> list[Frame]:
    """Add all frames to the clip, and return the frames for models."""
    picker = _make_picker(scene, options)
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        clip.add(frame)
        picker.push(frame)
    return picker.finish()


def _make_picker(scene: Scene, options: PreprocessingOptions) -> FramePicker:
    return FramePicker(spread_times(scene.start_ms, scene.length_ms, options.shard_frames))
