"""The options of the evaluation: which models are evaluated on the bench, and how."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from libra_emo.common.modalities import Modalities
from libra_emo.common.options import accept_old_name
from libra_emo.llm.options import LabellerOptions, LabellingOptions
from libra_emo.llm.request.prompts import LabelSet

MODALITY_SETS: tuple[Modalities, ...] = ("V", "A", "T", "VA", "VT", "AT", "VAT")
SOURCES = ("source", "path", "model", "predictions")
OWN_FIELDS = (*SOURCES, "name", "modalities", "generate_answers")


class EvaluatedModel(LabellerOptions):
    """One entry of `evaluation.models`: a name, and exactly one source of predictions.

    With `model` it has every option of a voter of kind llm; the others have none of them but
    `modalities`; weights of others (`path`) may have a `prompt_file`.

    Attributes:
        name: Name in the tables. Voters have their own names there.
        source: `student` is the trained student, evaluated with each of the modality sets;
            `voters` are all voters, each alone, and their majority.
        path: Folder of a saved student; or weights that another program trained: the folder or hub
            id of a model or of low-rank matrices, which gets this project's requests.
        predictions: Parquet or CSV file with the columns clip_id and predicted.
        model: Id of a model as litellm spells it, which is asked about every clip of the bench.
        modalities: What the `model` is sent; what weights of others are given; and what the
            `predictions` were made from, for the tables.
        label_set: Whether the `model` is asked for all labels (`fine`) or for their coarse parents.
        generate_answers: Whether a multimodal student generates its answers, as the paper's models
            do, instead of having every label scored. An answer without a label is unreadable.
    """

    source: Literal["student", "voters"] | None = None
    path: Path | None = None
    predictions: Path | None = None
    label_set: LabelSet = "fine"
    generate_answers: bool = False

    @model_validator(mode="before")
    @classmethod
    def _accept_written(cls, values: Any) -> Any:
        return accept_old_name(values, "written", "generate_answers")

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        given = [name for name in SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"model {self.name!r} needs exactly one of {', '.join(SOURCES)}, "
                f"and has {' and '.join(given) or 'none'}"
            )
        if self.generate_answers and self.source != "student" and self.path is None:
            raise ValueError(
                f"model {self.name!r}: `generate_answers` is for a student "
                "(`source: student`, or `path`)"
            )
        if self.model is not None:
            self.check_model("model")
            return self
        own = (*OWN_FIELDS, "prompt_file") if self.path is not None else OWN_FIELDS
        foreign = [name for name in self.model_fields_set if name not in own]
        if foreign:
            named = " and ".join(f"`{name}`" for name in sorted(foreign))
            raise ValueError(f"model {self.name!r}: {named} can only stand beside `model`")
        return self


class EvaluationOptions(LabellingOptions):
    """Which models are evaluated on the bench, and how they are scored.

    Attributes:
        models: Models that are evaluated, in the order of the tables.
        modality_sets: Sets of modalities that the student is evaluated with, one row each, named
            as in the paper's Table 6.
        permutations: Number of sign flips of each comparison of two models.
    """

    models: tuple[EvaluatedModel, ...] = (
        EvaluatedModel(name="student", source="student"),
        EvaluatedModel(name="voters", source="voters"),
    )
    modality_sets: tuple[Modalities, ...] = Field(default=MODALITY_SETS, min_length=1)
    permutations: int = Field(default=10_000, ge=100)

    @model_validator(mode="after")
    def _check_models(self) -> Self:
        if not self.models:
            raise ValueError("`models` is empty; nothing would be evaluated")
        for values, option in (
            ([model.name for model in self.models], "models"),
            (list(self.modality_sets), "modality_sets"),
        ):
            twice = [value for value, count in Counter(values).items() if count > 1]
            if twice:
                raise ValueError(f"`{option}` has {twice[0]!r} twice")
        return self

    @property
    def asked(self) -> tuple[EvaluatedModel, ...]:
        """The models that are asked about the bench."""
        return tuple(model for model in self.models if model.model is not None)
