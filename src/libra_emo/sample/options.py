"""What can be chosen about the drawn films."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CueOptions(BaseModel):
    """How openly one modality carries the feeling of a scene, drawn anew for every scene.

    In the scenes that show neither their own label nor a neighbour's, the modality gives nothing
    away: a calm face, an even voice, a line that fits anything.

    Attributes:
        own_share: Share of the scenes that show their own label.
        neighbour_share: Share of the scenes that show a neighbour's; the nearest most often.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_share: float = Field(default=0.68, ge=0, le=1)
    neighbour_share: float = Field(default=0.2, ge=0, le=1)

    @model_validator(mode="after")
    def _check(self) -> CueOptions:
        if self.own_share + self.neighbour_share > 1:
            raise ValueError("own_share and neighbour_share together exceed 1")
        return self


class ActedOptions(CueOptions):
    """How openly and how strongly a face or a voice carries the feeling of a scene.

    Attributes:
        min_intensity: Strength of the weakest showing; strengths are even from here to 1.
        scene_noise: Standard deviation of what changes by chance from scene to scene, as a share of
            the strongest expression.
        resting_noise: Standard deviation of what differs between calm actors, as a share of the
            strongest expression (of a voice: of its usual range).
    """

    min_intensity: float = Field(default=0.5, ge=0, le=1)
    scene_noise: float = Field(default=0.07, ge=0)
    resting_noise: float = Field(default=0.1, ge=0)


class SampleOptions(BaseModel):
    """The size of the sample, its films, and how openly they show what is felt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    films: int = Field(default=30, ge=1)
    clips: int = Field(default=450, ge=1)
    min_clips_per_label: int = Field(default=14, ge=0)
    chinese_share: float = Field(default=0.3, ge=0, le=1)
    themes: tuple[str, ...] = Field(
        default=("drama", "comedy", "romance", "action", "mystery"), min_length=1
    )

    too_short_share: float = Field(default=0.12, ge=0)
    too_long_share: float = Field(default=0.035, ge=0)
    no_subtitle_share: float = Field(default=0.06, ge=0)
    no_face_share: float = Field(default=0.07, ge=0)

    frame_width: int = Field(default=480, ge=240, multiple_of=2)
    frame_height: int = Field(default=270, ge=200, multiple_of=2)
    frames_per_second: int = Field(default=12, ge=8, le=30)
    audio_hertz: int = Field(default=16000, ge=8000)

    face: ActedOptions = ActedOptions()
    voice: ActedOptions = ActedOptions()
    words: CueOptions = CueOptions(own_share=0.62)
