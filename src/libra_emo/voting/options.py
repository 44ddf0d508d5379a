"""The options of the vote: who votes, how many must agree, and what happens otherwise."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

CUES = ("text", "face", "voice")
CUE_FIELDS = ("name", "kind", "cue")
Modality = Literal["video", "audio", "text"]


class VoterOptions(BaseModel):
    """One voter: a reader of cues, or a model that is asked.

    All from `model` on belongs to kind llm.

    Attributes:
        name: As its votes carry it.
        kind: `cue` or `llm`.
        cue: What a cue voter reads.
        model: litellm's id, with the provider's prefix; `openai/…` for any server that speaks
            OpenAI's protocol.
        api_base: The server's address, where it is not the provider's own.
        served_as: What stands for `api_base` in a question's key, for a server that moves about.
        free: Your own server: no price is needed and nothing is spent.
        modalities: What it sees of a clip.
        frames: Pictures of a clip, evenly spread (paper: 16).
        frame_pixels: Longest side of a picture; a smaller one is not enlarged (448).
        jpeg_quality: Of a picture that is made smaller, 1 to 100.
        sound_format: In which form the sound is sent.
        temperature: None leaves it to the provider.
        max_answer_tokens: The most that an answer may have.
        parameters: What else is sent, as litellm names it, such as reasoning_effort.
        read_prose: Whether an answer without the form counts where one label stands out in it.
        calls_at_once: Calls in flight together.
        requests_per_minute: None for no limit; voters of one provider share the stricter one.
        tokens_per_minute: As well.
        timeout_seconds: For one call.
        tries: Calls for one clip before it counts as failed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: Literal["cue", "llm"]
    cue: str | None = None
    model: str | None = None
    api_base: str | None = None
    served_as: str | None = None
    free: bool = False
    modalities: tuple[Modality, ...] = ("video", "audio", "text")
    frames: int = Field(16, ge=1, le=99)
    frame_pixels: int = Field(448, ge=16)
    jpeg_quality: int = Field(85, ge=1, le=100)
    sound_format: Literal["wav", "mp3", "flac"] = "wav"
    temperature: float | None = Field(0.0, ge=0, le=2)
    max_answer_tokens: int = Field(300, ge=1)
    parameters: dict[str, Any] = {}
    read_prose: bool = True
    calls_at_once: int = Field(16, ge=1, le=512)
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    timeout_seconds: float = Field(120.0, gt=0)
    tries: int = Field(6, ge=1)

    @field_validator("cue")
    @classmethod
    def _known_cue(cls, cue: str | None) -> str | None:
        if cue is not None and cue not in CUES:
            raise ValueError(f"there is no cue {cue!r}; the cues are {', '.join(CUES)}")
        return cue

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "cue":
            if self.cue is None:
                raise ValueError(
                    f"voter {self.name!r} is of kind cue and needs `cue`: {', '.join(CUES)}"
                )
            foreign = [name for name in self.model_fields_set if name not in CUE_FIELDS]
            if foreign:
                named = " and ".join(f"`{name}`" for name in sorted(foreign))
                raise ValueError(
                    f"voter {self.name!r} reads a cue; {named} can only belong to kind llm"
                )
            return self
        if self.model is None:
            raise ValueError(f"voter {self.name!r} is of kind llm and needs `model`")
        if self.cue is not None:
            raise ValueError(f"voter {self.name!r} is of kind llm; `cue` belongs to kind cue")
        if not self.modalities:
            raise ValueError(f"voter {self.name!r}: `modalities` names none")
        if "/" not in self.model:
            raise ValueError(
                f"voter {self.name!r}: `model` lacks its provider, such as openai/{self.model}"
            )
        return self


class VotingOptions(BaseModel):
    """What the `voting` parameters hold.

    Attributes:
        voters: Who labels each clip (paper, section 2.2.1: three models).
        min_agreement: How many of them must agree (2 of 3).
        annotators_per_clip: How many people answer where they do not (4).
        threshold: How many of these must agree (2).
        sequential: Whether a voter is asked only about clips that those before it leave open; the
            labels are the same, with fewer calls.
        label_set: `fine` permits all labels, `coarse` their parents only.
        label_order: In which order a prompt shows them: `fixed`, or `shuffled` for each clip.
        max_cost_usd: What the voters may spend together, in all runs.
        recorded_only: Whether only recorded answers count, so that nobody is asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    voters: tuple[VoterOptions, ...] = tuple(
        VoterOptions(name=cue, kind="cue", cue=cue) for cue in CUES
    )
    min_agreement: int = Field(2, ge=1)
    annotators_per_clip: int = Field(4, ge=1)
    threshold: int = Field(2, ge=1)
    sequential: bool = False
    label_set: Literal["fine", "coarse"] = "fine"
    label_order: Literal["fixed", "shuffled"] = "fixed"
    max_cost_usd: float = Field(0.0, ge=0)
    recorded_only: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.voters:
            raise ValueError("`voters` is empty; at least one voter is needed")
        names = Counter(voter.name for voter in self.voters)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"two voters are named {twice[0]!r}; give each its own name")
        if self.min_agreement > len(self.voters):
            raise ValueError(
                f"min_agreement {self.min_agreement} is above the number of voters "
                f"({len(self.voters)}); no clip could be decided"
            )
        if self.threshold > self.annotators_per_clip:
            raise ValueError(
                f"threshold {self.threshold} is above annotators_per_clip "
                f"{self.annotators_per_clip}; no clip could be decided"
            )
        return self
