"""Options of the preprocessing of films."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from libra_emo.common.options import Options

# the default of the parameter `films`; it counts as empty while it is missing
SAMPLE_FOLDER = "data/01_raw/films"
_LEAST_BYTES_A_SECOND = 1250  # no film has a lower rate


class FeatureOptions(Options):
    """How the face and the voice of a clip are measured.

    Attributes:
        detect_every_frames: A face is detected in every frame with such a number, and interpolated
            in the frames between.
        min_pitch_hz: Lowest pitch of a voice.
        max_pitch_hz: Highest pitch of a voice.
        active_range_db: Sound counts as speech down to this many decibels below the loud frames.
    """

    detect_every_frames: int = Field(5, ge=1)
    min_pitch_hz: float = Field(65.0, gt=0)
    max_pitch_hz: float = Field(500.0, gt=0)
    active_range_db: float = Field(35.0, gt=0)


class FetchingOptions(Options):
    """How films at other places are copied; none of it changes a clip.

    Attributes:
        attempts: Number of times that a file is asked for, while the trouble may pass.
        first_wait_seconds: Wait before the second attempt; it doubles each time, unless the server
            asks for another one.
        max_wait_seconds: Longest wait.
        max_silent_seconds: Time without data after which a server is given up.
        max_film_gigabytes: Largest size of a film.
        max_film_minutes: Longest time that the copy of a film may take.
        max_beside_megabytes: Largest size of a subtitle, an information file or a manifest.
        max_total_gigabytes: Largest size of what one run copies.
        max_total_hours: Longest time in which one run copies films.
    """

    attempts: int = Field(default=4, ge=1, le=100)
    first_wait_seconds: float = Field(default=1.0, ge=0)
    max_wait_seconds: float = Field(default=60.0, ge=0)
    max_silent_seconds: float = Field(default=60.0, gt=0)
    max_film_gigabytes: float = Field(default=20.0, gt=0)
    max_film_minutes: float = Field(default=240.0, gt=0)
    max_beside_megabytes: float = Field(default=64.0, gt=0)
    max_total_gigabytes: float = Field(default=2000.0, gt=0)
    max_total_hours: float = Field(default=72.0, gt=0)


class TimeLimits(Options):
    """How long the work on one film may take; none of it changes a clip.

    A film that takes longer is given up. Long and large films get more time: one counts as at most
    as long as its size allows at ten kbit/s, whatever it says.

    Attributes:
        listing_seconds: Time for reading the properties and subtitles of a film.
        listing_seconds_per_gigabyte: More time for each gigabyte of its size.
        cutting_seconds: Time for cutting a film.
        cutting_seconds_per_second: More time for each second of its length.
    """

    listing_seconds: float = Field(default=120.0, gt=0)
    listing_seconds_per_gigabyte: float = Field(default=300.0, ge=0)
    cutting_seconds: float = Field(default=600.0, gt=0)
    cutting_seconds_per_second: float = Field(default=20.0, ge=0)

    def limit_listing(self, size: int) -> float:
        """Return the longest time for listing a film of a size in bytes."""
        return self.listing_seconds + self.listing_seconds_per_gigabyte * size / 1e9

    def limit_cutting(self, seconds: float, size: int) -> float:
        """Return the longest time for cutting a film of a length and a size in bytes."""
        length = min(seconds, size / _LEAST_BYTES_A_SECOND)
        return self.cutting_seconds + self.cutting_seconds_per_second * length


class PreprocessingOptions(Options):
    """How films become clips; the defaults are the paper's where it names a value.

    Attributes:
        detector: PySceneDetect's detector that finds the cuts.
        adaptive_threshold: Difference to the neighbouring frames from which a frame is a cut
            (adaptive detector).
        content_threshold: Difference to the frame before from which a frame is a cut (content
            detector).
        min_cut_gap_frames: Number of frames after a cut in which no other cut is found.
        allowed_licenses: Licences of which a film must have one; None accepts every film. Case and
            spaces are ignored.
        keep_descriptions: Whether sound descriptions and music signs stay in the subtitles.
        subtitle_offset_seconds: Time added to all subtitles; negative for subtitles that are late.
        min_scene_seconds: Length that a scene must exceed.
        max_scene_seconds: Length that a scene must not exceed.
        split_long_scenes: Whether longer scenes are split at pauses of their subtitles.
        faces_per_second: Number of frames a second in which a face is detected.
        min_face_ratio: Share of these frames that frames with a face must exceed.
        face_number_frames: Number of frames of a kept clip in which the faces are counted.
        shard_frames: Number of evenly spread frames of a clip that models see.
        shard_frame_pixels: Longest side of these frames; a smaller picture is not enlarged.
        shard_jpeg_quality: JPEG quality of these frames, 1 to 100.
        sound_hertz: Sample rate of the sound that models hear.
        clip_pixels: Longest side of the clip files; a smaller picture is not enlarged.
        clip_preset: Preset of x264 for the clip files.
        clip_crf: Quality of x264 for the clip files; lower is better.
        clip_sound_kilobits: Bit rate of the sound in the clip files, in kbit/s.
        clip_copy_kilobits: Bit rate, in kbit/s, up to which the picture of a clip file is copied
            from an H.264 film instead of being encoded again; 0 for never. Preset and quality
            have no effect on a copied picture.
        features: How the face and the voice of a clip are measured.
        fetching: How films at other places are copied.
        time_limits: How long the work on one film may take.
    """

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
    fetching: FetchingOptions = FetchingOptions()
    time_limits: TimeLimits = TimeLimits()

    @model_validator(mode="after")
    def _check_lengths(self) -> PreprocessingOptions:
        if self.min_scene_seconds >= self.max_scene_seconds:
            raise ValueError("min_scene_seconds must be smaller than max_scene_seconds")
        return self
