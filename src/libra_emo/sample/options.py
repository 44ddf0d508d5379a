"""Options of the sample films."""

from __future__ import annotations

from pydantic import Field, model_validator

from libra_emo.common.options import Options


class CueOptions(Options):
    """How reliably one modality shows the label of a scene; it is drawn for each scene.

    In all other scenes the modality shows no label: a calm face, an even voice, a sentence that
    fits any emotion.

    Attributes:
        own_share: Share of the scenes that show their own label.
        neighbour_share: Share of the scenes that show a neighbouring label; nearer ones more often.
    """

    own_share: float = Field(default=0.68, ge=0, le=1)
    neighbour_share: float = Field(default=0.2, ge=0, le=1)

    @model_validator(mode="after")
    def _check(self) -> CueOptions:
        if self.own_share + self.neighbour_share > 1:
            raise ValueError("own_share and neighbour_share together exceed 1")
        return self


class ActedOptions(CueOptions):
    """How reliably and how strongly a face or a voice shows the label of a scene.

    Attributes:
        min_intensity: Strength of the weakest expression; strengths are uniform from it to 1.
        scene_noise: Standard deviation of the random change from scene to scene, as a share of the
            strongest expression.
        resting_noise: Standard deviation of the difference between calm actors, as a share of the
            strongest expression (for a voice, of its usual range).
    """

    min_intensity: float = Field(default=0.5, ge=0, le=1)
    scene_noise: float = Field(default=0.07, ge=0)
    resting_noise: float = Field(default=0.1, ge=0)


class SampleOptions(Options):
    """Size of the sample, format of its films, and how reliably they show their labels.

    Attributes:
        films: Number of films.
        clips: Number of scenes that the preprocessing keeps.
        min_clips_per_label: Smallest number of these scenes for each label.
        chinese_share: Share of the films that are in Chinese.
        themes: Themes of the films.
        too_short_share: Number of scenes that are too short, as a share of `clips`.
        too_long_share: Number of scenes that are too long, as a share of `clips`.
        no_subtitle_share: Number of scenes without a subtitle, as a share of `clips`.
        no_face_share: Number of scenes without a face, as a share of `clips`.
        frame_width: Width of the picture in pixels.
        frame_height: Height of the picture in pixels.
        frames_per_second: Frame rate.
        audio_hertz: Sample rate of the sound.
        face: Options of the faces.
        voice: Options of the voices.
        words: Options of the sentences.
    """

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
