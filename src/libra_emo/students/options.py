"""What can be set of the students and their training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MODALITIES = "VAT"  # visual, auditory, textual, in the order of the paper's Table 6


def order_modalities(text: str) -> str:
    """Return a set of modalities such as `TV` in its one spelling, `VT`.

    Raises:
        ValueError: If a letter is none of V, A and T, or there is none.
    """
    letters = set(text.upper().replace(",", "").replace(" ", ""))
    if not letters or letters - set(MODALITIES):
        raise ValueError(f"{text!r} is no set of modalities; use letters of {MODALITIES}")
    return "".join(letter for letter in MODALITIES if letter in letters)


Modalities = Annotated[str, AfterValidator(order_modalities)]


class StudentOptions(BaseModel):
    """How the classical student learns.

    Attributes:
        folds: Into how many groups of films the cross-fitting parts the training clips; 0 for none.
        min_ngram_characters: The shortest run of characters that counts as a word part.
        max_ngram_characters: The longest one; four characters hold a Chinese phrase or an
            English stem.
        inverse_regularisation: scikit-learn's `C` of the logistic regression.
        forest_trees: Trees of the forest that is averaged with it; 0 for no forest.
        min_leaf_clips: The fewest clips that a leaf of a tree may rest on.
        forest_weight: The forest's share in the average.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folds: int = Field(default=5, ge=0)
    min_ngram_characters: int = Field(default=1, ge=1)
    max_ngram_characters: int = Field(default=4, ge=1)
    inverse_regularisation: float = Field(default=1.0, gt=0)
    forest_trees: int = Field(default=100, ge=0)
    min_leaf_clips: int = Field(default=2, ge=1)
    forest_weight: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _check(self) -> StudentOptions:
        if self.folds == 1:
            raise ValueError("folds: one fold leaves nothing to train on; use 0 or at least 2")
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
        classical: The classical student's own options.
        calibration: How the probabilities of either student are calibrated.
        with_explanations: Whether the answer of a training example carries the explanation.
        prompt_file: A Jinja2 template of the request in place of the package's; it may use
            `subtitle`, `labels` and `explained`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    modalities: Modalities = MODALITIES
    classical: StudentOptions = StudentOptions()
    calibration: CalibrationOptions = CalibrationOptions()
    with_explanations: bool = True
    prompt_file: Path | None = None
