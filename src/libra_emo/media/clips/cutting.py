"""Cuts scenes out of a film: the clip file for people, the frames and the sound for models."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from libra_emo.common.images import shrink_to_fit, spread_times
from libra_emo.media.clips.mp4 import ClipWriter, name_clip
from libra_emo.media.clips.remuxing import CopiedPicture, PacketReader
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.media.video.frames import FilmReader, Frame, FramePicker
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
    """Write a clip file for each scene and the film's shard, and return the shard's path.

    A film without scenes to cut gets no shard; an older one of its is removed.

    Raises:
        ClipError: If a clip file cannot be written.
        ShardError: If the shard cannot be written.
    """
    with (
        SoundReader(reader.path, reader.language) as sounds,
        PacketReader(reader.path, options) as packets,
        ShardWriter(shards_folder, source_id, options.shard_jpeg_quality) as shard,
    ):
        for scene in sorted(scenes):
            path = clips_folder / f"{name_clip(source_id, scene)}.mp4"
            shard.add(cut_clip(reader, sounds, packets, scene, path, options))
    return shard.path


def cut_clip(
    reader: FilmReader,
    sounds: SoundReader,
    packets: PacketReader,
    scene: Scene,
    path: Path,
    options: PreprocessingOptions,
) -> ClipData:
    """Write a scene as a clip file, and return it as models read it: both from one decoding.

    The clip's picture is copied from the film where it can be, and else encoded; its sound is
    always encoded, since it would otherwise not begin at the scene's first sample.

    Args:
        reader: The film's pictures.
        sounds: The film's sound.
        packets: The film's packets.
        scene: What to cut.
        path: The clip file; its name without ending is the clip's id.
        options: Sizes, qualities, and how many frames models read.
    """
    sound = sounds.read(scene.start_ms, scene.end_ms)
    copied = packets.read(scene)
    with ClipWriter(path, scene, reader.rate, options) as clip:
        clip.add_sound(sound)
        frames = _pick_copied(reader, scene, copied, options) if copied else None
        if copied and frames:
            clip.add_copied(copied)
        else:
            frames = _pick_encoded(reader, scene, clip, options)
    samples = round(scene.length_ms * options.sound_hertz / 1000)
    return ClipData(
        clip_id=path.stem,
        frames=[shrink_to_fit(frame.to_array(), options.shard_frame_pixels) for frame in frames],
        times_s=[max(0, frame.time_ms - scene.start_ms) / 1000 for frame in frames],
        audio=sound.resampled("mono", options.sound_hertz, samples)[0],
        sample_rate=options.sound_hertz,
    )


def _pick_copied(
    reader: FilmReader, scene: Scene, copied: CopiedPicture, options: PreprocessingOptions
) -> list[Frame] | None:
    """Return the frames for models; None where the packets hold other frames than the scene."""
    picker = _make_picker(scene, options)
    times = []
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        times.append(frame.picture.pts)
        picker.push(frame)
    return picker.finish() if times == copied.times else None


def _pick_encoded(
    reader: FilmReader, scene: Scene, clip: ClipWriter, options: PreprocessingOptions
) -> list[Frame]:
    """Give all frames to the clip, and return those for models."""
    picker = _make_picker(scene, options)
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        clip.add(frame)
        picker.push(frame)
    return picker.finish()


def _make_picker(scene: Scene, options: PreprocessingOptions) -> FramePicker:
    return FramePicker(spread_times(scene.start_ms, scene.length_ms, options.shard_frames))
