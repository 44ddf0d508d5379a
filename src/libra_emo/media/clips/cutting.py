"""The cutting of scenes: a clip file for people, and frames and sound for models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from libra_emo.common.images import shrink_to_fit, spread_times
from libra_emo.media.clips.mp4 import ClipWriter, name_clip
from libra_emo.media.clips.remuxing import PacketReader, VideoPackets
from libra_emo.media.clips.verifying import shows_scene
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.media.video.colour import Colours, read_colours
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.frames import FilmReader, UnreadableScene
from libra_emo.media.video.picking import FramePicker
from libra_emo.media.video.pictures import to_one_size
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.silence import LostSound, require_sound
from libra_emo.media.video.sound import Sound, SoundReader


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
    pictures = [shrink_to_fit(frame.to_array(exact=True), pixels) for frame in frames]
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
    picker = _make_picker(scene, options)
    times: list[int] = []
    forms: dict[tuple[int, int, str, Colours], Frame] = {}
    for frame in reader.frames(scene.start_ms, scene.end_ms):
        times.append(frame.picture.pts or 0)
        picker.push(frame)
        forms.setdefault(_form_of(frame), frame)
    if times != packets.times or len(forms) != 1:
        return []
    ((*_, colours), first), *_ = forms.items()
    with ClipWriter(path, scene, reader.rate, options) as clip:
        clip.add_sound(sound)
        clip.add_packets(packets, colours)
    seconds = [max(0.0, float(time * first.time_base) - scene.start_s) for time in times]
    return picker.finish() if shows_scene(path, seconds, first.picture) else []


def _form_of(frame: Frame) -> tuple[int, int, str, Colours]:
    picture = frame.picture
    return picture.width, picture.height, picture.format.name, read_colours(picture)


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
