"""What can be set of the students: how they learn, what they see, how they are calibrated."""

from __future__ import annotations

from libra_emo.students.options.calibration import CalibrationOptions
from libra_emo.students.options.classical import ClassicalOptions
from libra_emo.students.options.fine_tuning import FineTuningOptions, LauncherOptions, LoraOptions
from libra_emo.students.options.multimodal import AugmentationOptions, MultimodalOptions
from libra_emo.students.options.training import TrainingOptions

__all__ = [
    "AugmentationOptions",
    "CalibrationOptions",
    "ClassicalOptions",
    "FineTuningOptions",
    "LauncherOptions",
    "LoraOptions",
    "MultimodalOptions",
    "TrainingOptions",
]
