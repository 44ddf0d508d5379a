"""Which model is the multimodal student, and what it is given of a clip."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from libra_emo.common.modalities import MODALITIES, Modalities
from libra_emo.common.options import Options
from libra_emo.students.options.fine_tuning import FineTuningOptions

FamilyName = Literal["auto", "internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text"]


class AugmentationOptions(Options):
    """How frames are augmented during training; all frames of a clip are changed alike.

    The paper's Table 12 names horizontal flips and colour jitter without their strength. The
    meaning of each value is that of torchvision's ColorJitter and RandomHorizontalFlip.

    Attributes:
        flip_probability: Probability that a clip is mirrored.
        brightness: Brightness is multiplied by a factor between 1 - this and 1 + this.
        contrast: Likewise the distance of a pixel from the mean grey of its frame.
        saturation: Likewise the distance of a pixel from its own grey.
        hue: The hue is shifted by at most this share of the colour circle.
    """

    flip_probability: float = Field(default=0.5, ge=0, le=1)
    brightness: float = Field(default=0.2, ge=0, lt=1)
    contrast: float = Field(default=0.2, ge=0, lt=1)
    saturation: float = Field(default=0.2, ge=0, lt=1)
    hue: float = Field(default=0.02, ge=0, le=0.5)


class MultimodalOptions(Options):
    """Which model is the student, and what it is given of a clip.

    Attributes:
        checkpoint: Folder or hub id of the model, or `tiny:internvl` for a tiny random model that
            is built in memory.
        family: Adapter of the model; auto chooses it by the checkpoint.
        modalities: Letters of V (frames), A (sound, for models that hear) and T (the subtitle); a
            training sets them to its own.
        frames: Number of frames of a clip, evenly spread (Table 12).
        frame_pixels: Width and height of each frame (Table 12).
        max_subtitle_tokens: Number of tokens after which a subtitle is cut (Table 12).
        augment: How frames are augmented during training.
        dtype: Type of the weights; auto takes the checkpoint's on a GPU and float32 on a CPU.
        attention: Attention implementation of transformers.
        device: Device of the model; auto takes a GPU where there is one.
        predict_batch_clips: Number of clips in a batch of predictions.
        predict_processes: Number of processes that predict, each with a model of its own.
        predict_loader_threads: Number of threads in each that read the next clips meanwhile.
        max_answer_tokens: Number of tokens after which a generated answer is cut.
        training: How the model is fine-tuned.
    """

    checkpoint: str = Field(default="OpenGVLab/InternVL3-8B-hf", min_length=1)
    family: FamilyName = "auto"
    modalities: Modalities = MODALITIES
    frames: int = Field(default=16, ge=1, le=99)
    frame_pixels: int = Field(default=448, ge=28)
    max_subtitle_tokens: int = Field(default=8192, ge=1)
    augment: AugmentationOptions = AugmentationOptions()
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    attention: Literal["sdpa", "eager", "flash_attention_2", "flash_attention_3"] = "sdpa"
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    predict_batch_clips: int = Field(default=8, ge=1)
    predict_processes: int = Field(default=1, ge=1)
    predict_loader_threads: int = Field(default=4, ge=1)
    max_answer_tokens: int = Field(default=256, ge=1)
    training: FineTuningOptions = FineTuningOptions()
