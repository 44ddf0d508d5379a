"""How the last student and its training examples are made."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from libra_emo.common.modalities import MODALITIES, Modalities
from libra_emo.common.options import Options
from libra_emo.students.options.calibration import CalibrationOptions
from libra_emo.students.options.classical import ClassicalOptions
from libra_emo.students.options.multimodal import MultimodalOptions


class TrainingOptions(Options):
    """How the last student and its training examples are made.

    Attributes:
        modalities: What the student is given of a clip: letters of V (video), A (audio) and T
            (text), or these names.
        label_round: Number of the round whose labels the last student learns; null for the final
            labels (the paper's Table 8 compares rounds).
        data_fraction: Share of these labels that is learnt (the paper's Figure 4); a smaller
            share is part of a larger one.
        dry_run: Whether the run ends after a description of what the training would take.
        classical: Options of the classical student.
        multimodal: Options of the multimodal student.
        calibration: How the probabilities of either student are calibrated.
        with_explanations: Whether the answer of a training example contains the explanation.
        prompt_file: File of the request, a prompt with the block `user`, which may use `subtitle`,
            `labels` and `explained`.
    """

    modalities: Modalities = MODALITIES
    label_round: int | None = Field(default=None, ge=0)
    data_fraction: float = Field(default=1.0, gt=0, le=1)
    dry_run: bool = False
    classical: ClassicalOptions = ClassicalOptions()
    multimodal: MultimodalOptions = MultimodalOptions()
    calibration: CalibrationOptions = CalibrationOptions()
    with_explanations: bool = True
    prompt_file: Path = Path("conf/base/prompts/fine_tune.jinja")

    def cross_fits(self, kind: str) -> bool:
        """Return whether clips that a student learnt are predicted by models of other films.

        Args:
            kind: Value of the parameter `student`.
        """
        if kind == "multimodal":
            return self.multimodal.training.cross_fitting_folds > 1
        return self.classical.folds > 1
