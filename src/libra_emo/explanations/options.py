"""Options of the explanations."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from libra_emo.languages.codes import knows_language
from libra_emo.llm.options import AskingOptions, ModelOptions

CUES = "cues"
# options of the writers that are no models behind a server
FIELDS = {"cues": ("name", "kind"), "student": ("name", "kind", "path")}


class WriterOptions(ModelOptions):
    """The writer of the explanations.

    All options but `name`, `kind` and `path` belong to kind llm.

    Attributes:
        kind: `cues` composes the text from what was measured in the clip; `llm` asks a model;
            `student` lets a multimodal student write that was trained on explanations.
        path: Folder of the student.
        reply_form: Form of the replies: `json` is requested in words, `schema` by a schema with the
            labels and `cannot_tell`; a model that takes no schema is asked in words.
    """

    kind: Literal["cues", "llm", "student"]
    path: Path | None = None
    reply_form: Literal["json", "schema"] = "json"
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


class ExplanationOptions(AskingOptions):
    """How explanations are written and checked.

    A deviation is the distance from the median of all clips, in interquartile ranges divided by
    1.349, which makes it a standard deviation where the measure is normally distributed.

    Attributes:
        writer: `cues`, a model that is asked, given as a voter is, or a trained student.
        max_attempts: Number of requests for one text before it is kept with its fault as status.
        language: Language of a model's texts, as a code such as en or as a name.
        label_set: Set of labels that the clips were given: `fine`, or `coarse`, where the name of
            a finer label in a model's text stands for its parent.
        min_deviation: Smallest deviation of a cue that is mentioned.
        cues_per_part: Largest number of cues that are mentioned of the face, and of the voice.
        max_quoted_characters: Largest number of characters that are quoted of the subtitle.
        min_characters: Length below which a text fails the check `too_short`.
        max_characters: Length above which it fails `too_long`.
        max_identical: Number of clips that may share a text; with more of them it fails `repeated`.
    """

    writer: WriterOptions = WriterOptions(name=CUES, kind="cues")
    max_attempts: int = Field(default=3, ge=1)
    language: str = "en"
    label_set: Literal["fine", "coarse"] = "fine"
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
