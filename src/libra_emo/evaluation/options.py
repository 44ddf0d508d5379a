"""What is judged on the bench, and how."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from libra_emo.common.modalities import Modalities
from libra_emo.common.options import Options
from libra_emo.llm.options import SpendingOptions

MODALITY_SETS: tuple[Modalities, ...] = ("V", "A", "T", "VA", "VT", "AT", "VAT")
WAYS = ("source", "path", "model", "predictions")


class JudgedModel(Options):
    """One entry of `evaluation.models`: a name, and exactly one way to its answers.

    Attributes:
        name: What the tables call it; `source: voters` puts the voters' own names in its place.
        source: `student`, trained for each of the modality sets, or `voters`, each alone and
            the majority of them.
        path: The folder of a saved student.
        predictions: A Parquet or CSV file with the columns clip_id and predicted.
        model: A litellm id.
        modalities: What made the `predictions`, for the tables.
        written: Whether a multimodal student writes its answers out, as the paper's models do, in
            place of having every label scored; an answer without a label counts as unreadable.
    """

    name: str = Field(min_length=1)
    source: Literal["student", "voters"] | None = None
    path: Path | None = None
    model: str | None = None
    predictions: Path | None = None
    modalities: Modalities = "VAT"
    written: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(
                f"model {self.name!r} needs exactly one of {', '.join(WAYS)}, "
                f"and has {' and '.join(given) or 'none'}"
            )
        if self.written and self.source != "student" and self.path is None:
            raise ValueError(
                f"model {self.name!r}: `written` is for a student (`source: student`, or `path`)"
            )
        return self


class EvaluationOptions(SpendingOptions):
    """How the bench is scored.

    Attributes:
        models: What is judged.
        modality_sets: Of V, A and T: what the student is trained on anew, one row each (the
            paper's Table 6 names its sets so).
        resamples: Bootstrap samples behind each 95 % interval.
    """

    models: tuple[JudgedModel, ...] = (
        JudgedModel(name="student", source="student"),
        JudgedModel(name="voters", source="voters"),
    )
    modality_sets: tuple[Modalities, ...] = Field(default=MODALITY_SETS, min_length=1)
    resamples: int = Field(default=2000, ge=100)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.models:
            raise ValueError("`models` is empty; nothing would be judged")
        for values, what in (
            ([model.name for model in self.models], "models"),
            (list(self.modality_sets), "modality_sets"),
        ):
            twice = [value for value, count in Counter(values).items() if count > 1]
            if twice:
                raise ValueError(f"`{what}` has {twice[0]!r} twice")
        asked = [model.name for model in self.models if model.model is not None]
        if asked:
            raise ValueError(
                f"`models`: {asked[0]!r} has `model`, and this version asks no models for the "
                "bench; give a file of `predictions` in its place"
            )
        return self
