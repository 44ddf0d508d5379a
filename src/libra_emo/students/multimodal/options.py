"""What can be set of the multimodal student: its model, and what it sees of a clip."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from libra_emo.common.modalities import MODALITIES, Modalities
from libra_emo.students.multimodal.training.options import FineTuningOptions

FamilyName = Literal["auto", "internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text"]


class AugmentOptions(BaseModel):
    """How frames are varied while training; alike for all frames of a clip.

    The paper's Table 12 names horizontal flips and colour jitter without their strength.

    Attributes:
        flip_probability: How often a clip is mirrored.
        brightness: Brightness is scaled by a factor between 1 - this and 1 + this; likewise:
        contrast: The distance of a pixel from the clip's mean grey.
        saturation: The distance of a pixel from its own grey.
        hue: The hue is turned by at most this share of the colour circle.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    flip_probability: float = Field(default=0.5, ge=0, le=1)
    brightness: float = Field(default=0.2, ge=0, lt=1)
    contrast: float = Field(default=0.2, ge=0, lt=1)
    saturation: float = Field(default=0.2, ge=0, lt=1)
    hue: float = Field(default=0.02, ge=0, le=0.5)


class MultimodalOptions(BaseModel):
    """Which model is the student, and what it is given of a clip.

    Attributes:
        checkpoint: A folder, a hub id, or `tiny:internvl` for a tiny random model built in memory.
        family: Which adapter speaks to the model; auto reads it from the checkpoint.
        modalities: Letters of V (frames), A (sound, for models that hear) and T (the subtitle); a
            training sets them to its own.
        frames: Frames of a clip, evenly spread (Table 12).
        frame_pixels: Width and height of each frame (Table 12).
        max_subtitle_tokens: A longer subtitle is cut there (Table 12).
        augment: How frames are varied while training.
        dtype: Of the weights; auto takes the checkpoint's on a GPU and float32 on a CPU.
        attention: Which attention code transformers runs.
        device: auto takes a GPU where there is one.
        predict_batch_clips: Clips that are judged at a time.
        predict_processes: Processes that judge clips, each with a model of its own.
        predict_loader_threads: Threads of each that read the next clips meanwhile.
        max_answer_tokens: After which an answer that is written out is cut.
        training: How it is fine-tuned.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    checkpoint: str = Field(default="OpenGVLab/InternVL3-8B-hf", min_length=1)
    family: FamilyName = "auto"
    modalities: Modalities = MODALITIES
    frames: int = Field(default=16, ge=1, le=99)
    frame_pixels: int = Field(default=448, ge=28)
    max_subtitle_tokens: int = Field(default=8192, ge=1)
    augment: AugmentOptions = AugmentOptions()
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    attention: Literal["sdpa", "eager", "flash_attention_2", "flash_attention_3"] = "sdpa"
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    predict_batch_clips: int = Field(default=8, ge=1)
    predict_processes: int = Field(default=1, ge=1)
    predict_loader_threads: int = Field(default=4, ge=1)
    max_answer_tokens: int = Field(default=256, ge=1)
    training: FineTuningOptions = FineTuningOptions()
