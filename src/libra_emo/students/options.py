"""What can be set of the students and their training."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libra_emo.common.modalities import MODALITIES, Modalities, parse_modalities
from libra_emo.students.multimodal.options import MultimodalOptions

__all__ = [
    "MODALITIES",
    "CalibrationOptions",
    "Modalities",
    "StudentOptions",
    "TrainingOptions",
    "parse_modalities",
]


class StudentOptions(BaseModel):
    """How the classical student learns.

    Attributes:
        folds: Into how many groups of films the cross-fitting parts the training clips; 0 for none.
        min_ngram_characters: The shortest run of characters that counts as a word part.
        max_ngram_characters: The longest one; four characters hold a Chinese phrase or an
            English stem.
        inverse_regularisation: scikit-learn's `C` of the logistic regression on words.
        forest_trees: Trees of the forest.
        min_leaf_clips: The fewest clips that a leaf of a tree may rest on.
        forest_weight: The forest's weight beside the others; 0 for no forest.
        discriminant_weight: That of the linear discriminant.
        words_weight: That of the words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folds: int = Field(default=5, ge=0)
    min_ngram_characters: int = Field(default=1, ge=1)
    max_ngram_characters: int = Field(default=4, ge=1)
    inverse_regularisation: float = Field(default=1.0, gt=0)
    forest_trees: int = Field(default=200, ge=1)
    min_leaf_clips: int = Field(default=3, ge=1)
    forest_weight: float = Field(default=1.0, ge=0)
    discriminant_weight: float = Field(default=0.3, ge=0)
    words_weight: float = Field(default=0.2, ge=0)

    @model_validator(mode="after")
    def _check(self) -> StudentOptions:
        if self.folds == 1:
            raise ValueError("folds: one fold leaves nothing to train on; use 0 or at least 2")
        if self.forest_weight == self.discriminant_weight == self.words_weight == 0:
            raise ValueError("one of the weights must be above 0")
        if self.max_ngram_characters < self.min_ngram_characters:
            raise ValueError("max_ngram_characters is below min_ngram_characters")
        return self


class CalibrationOptions(BaseModel):
    """How a student's probabilities are calibrated on clips that people labelled.

    Attributes:
        min_clips: With fewer such clips there is no calibration.
        folds: Into how many groups of films the clips are parted for the figures after it.
        bins: Of the expected calibration error; 15 as in Guo et al. 2017.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_clips: int = Field(default=50, ge=2)
    folds: int = Field(default=5, ge=2)
    bins: int = Field(default=15, ge=1)


class TrainingOptions(BaseModel):
    """How the last student and its training examples are made.

    Attributes:
        modalities: What the student sees: letters of V (face), A (voice), T (words).
        label_round: Whose labels the last student learns: a round's number, or null for the final
            ones (the paper's Table 8 compares rounds).
        data_fraction: The share of these labels that it learns (the paper's Figure 4); a smaller
            share is part of a larger one.
        dry_run: Whether the training only tells what it would take, and ends.
        classical: The classical student's own options.
        multimodal: The multimodal student's own options.
        calibration: How the probabilities of either student are calibrated.
        with_explanations: Whether the answer of a training example carries the explanation.
        prompt_file: The request, as a prompt with the block `user`, which may use `subtitle`,
            `labels` and `explained`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    modalities: Modalities = MODALITIES
    label_round: int | None = Field(default=None, ge=0)
    data_fraction: float = Field(default=1.0, gt=0, le=1)
    dry_run: bool = False
    classical: StudentOptions = StudentOptions()
    multimodal: MultimodalOptions = MultimodalOptions()
    calibration: CalibrationOptions = CalibrationOptions()
    with_explanations: bool = True
    prompt_file: Path = Path("conf/base/prompts/fine_tune.jinja")
