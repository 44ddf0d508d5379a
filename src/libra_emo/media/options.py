"""What the preprocessing of films lets its user choose."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libra_emo.media.clips.features import FeatureOptions


class PreprocessingOptions(BaseModel):
    """How films become clips; the defaults are the paper's where it names a value.

    Attributes:
        detector: Which of PySceneDetect's detectors looks for cuts.
        adaptive_threshold: How far a frame must stand out from its neighbours (adaptive).
        content_threshold: How much a frame must change to be a cut (content).
        min_cut_gap_frames: Frames after a cut in which no other one is seen.
        allowed_licenses: Licences of which a film must have one; None lets every film in. Case and
            spaces do not matter.
        keep_descriptions: Whether sound descriptions and music signs stay in the subtitles.
        subtitle_offset_seconds: Added to the subtitles' times; negative where they come too late.
        min_scene_seconds: A scene must be longer than this.
        max_scene_seconds: A scene may be as long as this.
        split_long_scenes: Whether longer ones are cut at pauses of their subtitles.
        faces_per_second: Frames a second in which a face is looked for.
        min_face_ratio: The share of these frames with a face must be greater than this.
        face_number_frames: Frames of a kept clip in which the faces are numbered.
        shard_frames: Frames of a clip that models see, evenly spread.
        shard_frame_pixels: Longest side of these frames; a smaller picture is not enlarged.
        shard_jpeg_quality: JPEG quality of these frames, 1 to 100.
        sound_hertz: Sample rate of the sound that models hear.
        clip_pixels: Longest side of the clip files; a smaller picture is not enlarged.
        clip_preset: x264's preset for the clip files.
        clip_crf: x264's quality for the clip files, lower is better.
        clip_sound_kilobits: Bit rate of the clip files' sound, in kbit/s.
        clip_copy_kilobits: Up to this bit rate, in kbit/s, a clip file's picture is copied from an
            H.264 film that allows it, so that preset and quality do not count; 0 for never.
        features: How face and voice of a clip are measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    detector: Literal["adaptive", "content"] = "adaptive"
    adaptive_threshold: float = Field(default=3.0, gt=0)
    content_threshold: float = Field(default=27.0, gt=0)
    min_cut_gap_frames: int = Field(default=15, ge=0)
    allowed_licenses: tuple[str, ...] | None = None
    keep_descriptions: bool = False
    subtitle_offset_seconds: float = 0.0
    min_scene_seconds: float = Field(default=3.0, ge=0)
    max_scene_seconds: float = Field(default=10.0, gt=0)
    split_long_scenes: bool = False
    faces_per_second: float = Field(default=3.0, gt=0, le=60)
    min_face_ratio: float = Field(default=0.99, ge=0, lt=1)
    face_number_frames: int = Field(default=3, ge=0, le=99)
    shard_frames: int = Field(default=16, ge=1, le=99)
    shard_frame_pixels: int = Field(default=448, ge=16)
    shard_jpeg_quality: int = Field(default=90, ge=1, le=100)
    sound_hertz: int = Field(default=16_000, ge=8_000, le=48_000)
    clip_pixels: int = Field(default=1280, ge=16)
    clip_preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"] = (
        "veryfast"
    )
    clip_crf: int = Field(default=23, ge=0, le=51)
    clip_sound_kilobits: int = Field(default=96, ge=16, le=512)
    clip_copy_kilobits: int = Field(default=6000, ge=0)
    features: FeatureOptions = FeatureOptions()

    @model_validator(mode="after")
    def _check_lengths(self) -> PreprocessingOptions:
        if self.min_scene_seconds >= self.max_scene_seconds:
            raise ValueError("min_scene_seconds must be smaller than max_scene_seconds")
        return self
