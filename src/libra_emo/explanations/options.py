"""What can be set of the explanations."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from libra_emo.languages.codes import knows_language
from libra_emo.llm.options import ModelOptions

CUES = "cues"
# what may be set of writers that are no models behind a server
FIELDS = {"cues": ("name", "kind"), "student": ("name", "kind", "path")}


class WriterOptions(ModelOptions):
    """Who writes the explanations.

    All but name and path belongs to kind llm.

    Attributes:
        kind: `cues` composes the text from what was measured in the clip; `llm` asks a model;
            `student` has a multimodal student write that learnt explanations.
        path: The student's folder.
    """

    kind: Literal["cues", "llm", "student"]
    path: Path | None = None
    max_answer_tokens: int = Field(500, ge=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "llm":
            self.check_model("writer")
            foreign = ["path"] if self.path is not None else []
        else:
            foreign = sorted(self.model_fields_set.difference(FIELDS[self.kind]))
        if foreign:
            named = " and ".join(f"`{name}`" for name in foreign)
            owner = "student" if self.kind == "llm" else "llm"
            raise ValueError(
                f"writer {self.name!r} is of kind {self.kind}; {named} belong to kind {owner}"
            )
        if self.kind == "student" and self.path is None:
            raise ValueError(
                f"writer {self.name!r} is of kind student and needs `path`, the folder of one"
            )
        return self


class ExplanationOptions(BaseModel):
    """How explanations are written and checked.

    A deviation is the distance from the median of all clips, in interquartile ranges divided by
    1.349, which makes it a standard deviation where the measure is normally distributed.

    Attributes:
        writer: `cues`, a model that is asked, given as a voter is, or a trained student.
        max_cost_usd: What the writer may spend in all runs; `cues` costs nothing.
        max_attempts: How often a model is asked for one text before its fault is told.
        language: Of a model's texts: a code such as en, or a name.
        label_set: The labels that the clips were given: `fine`, or `coarse`, where the name of a
            finer label in a model's text stands for its parent.
        strict_ceiling: Whether each call holds as much as its model can read at all while it is in
            flight, so that no bill whatever passes the ceiling; else what such calls have cost.
        recorded_only: Whether only recorded answers count, so that nobody is asked.
        processes: That make the calls: 1 for this one alone; more take some two seconds to start.
        min_deviation: From which deviation on a cue is worth a word.
        cues_per_part: The most cues that are named of the face, and of the voice.
        max_quoted_characters: The most that is quoted of the subtitle.
        min_characters: A shorter text fails the check `too_short`.
        max_characters: A longer one fails `too_long`.
        max_identical: A text that more clips share fails `repeated`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    writer: WriterOptions = WriterOptions(name=CUES, kind="cues")
    max_cost_usd: float = Field(default=0.0, ge=0)
    max_attempts: int = Field(default=3, ge=1)
    language: str = "en"
    label_set: Literal["fine", "coarse"] = "fine"
    strict_ceiling: bool = True
    recorded_only: bool = False
    processes: int = Field(default=1, ge=1, le=64)
    min_deviation: float = Field(default=0.7, gt=0)
    cues_per_part: int = Field(default=2, ge=1)
    max_quoted_characters: int = Field(default=80, ge=10)
    min_characters: int = Field(default=40, ge=1)
    max_characters: int = Field(default=600, ge=1)
    max_identical: int = Field(default=2, ge=1)

    @field_validator("writer", mode="before")
    @classmethod
    def _by_name(cls, writer: Any) -> Any:
        if not isinstance(writer, str):
            return writer
        if writer != CUES:
            raise ValueError(
                f"must be {CUES}, or name, kind: llm and model of the model to ask, or name, "
                f"kind: student and path of a trained one, not {writer!r}"
            )
        return {"name": CUES, "kind": "cues"}

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str) -> str:
        if not knows_language(language):
            raise ValueError(f"must be the code or the name of a language, not {language!r}")
        return language

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.max_characters < self.min_characters:
            raise ValueError("max_characters is below min_characters")
        return self
