"""The options of the vote: who votes, how many must agree, and what happens otherwise."""

from __future__ import annotations

from collections import Counter
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from libra_emo.common.options import CampaignOptions
from libra_emo.llm.options import LabellerOptions, LabellingOptions

CUES = ("text", "face", "voice")
VOTE = "vote"
CUE_FIELDS = ("name", "kind", "cue")


class VoterOptions(LabellerOptions):
    """One voter: a cue voter, or a model that is asked.

    All options but `name`, `kind` and `cue` belong to kind llm.

    Attributes:
        kind: `cue` or `llm`.
        cue: What a cue voter reads: text, face or voice.
    """

    kind: Literal["cue", "llm"]
    cue: str | None = None

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
        if self.cue is not None:
            raise ValueError(f"voter {self.name!r} is of kind llm; `cue` belongs to kind cue")
        self.check_model("voter")
        return self


class VotingOptions(CampaignOptions, LabellingOptions):
    """What the `voting` parameters hold.

    Attributes:
        voters: Voters that label each clip (paper, section 2.2.1: three models). Without any,
            people label every clip of the pool in round 0.
        min_agreement: Number of voters that must agree (paper: 2 of 3).
        annotators_per_clip: Number of people who label a clip on which they do not (paper: 4).
        threshold: Number of these people who must agree (paper: 2).
        sequential: Whether a voter is asked only about clips that those before it leave open; the
            labels are the same, with fewer calls.
        label_set: `fine` permits all labels, `coarse` their parents only.
    """

    voters: tuple[VoterOptions, ...] = tuple(
        VoterOptions(name=cue, kind="cue", cue=cue) for cue in CUES
    )
    min_agreement: int = Field(2, ge=1)
    annotators_per_clip: int = Field(4, ge=1)
    threshold: int = Field(2, ge=1)
    sequential: bool = False
    label_set: Literal["fine", "coarse"] = "fine"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = Counter(voter.name for voter in self.voters)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"two voters are named {twice[0]!r}; give each its own name")
        if VOTE in names:
            raise ValueError(f"a voter is named {VOTE!r}, as the tables call the vote of all")
        if self.voters and self.min_agreement > len(self.voters):
            raise ValueError(
                f"min_agreement {self.min_agreement} is above the number of voters "
                f"({len(self.voters)}); no clip could be decided"
            )
        return self
