"""The options of the vote: who votes, how many must agree, and what happens otherwise."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from libra_emo.common.options import CampaignOptions
from libra_emo.llm.options import AskingOptions, ModelOptions

CUES = ("text", "face", "voice")
VOTE = "vote"
BATCH_MODELS = "openai/"
CUE_FIELDS = ("name", "kind", "cue")


class VoterOptions(ModelOptions):
    """One voter: a cue voter, or a model that is asked.

    All options but `name`, `kind` and `cue` belong to kind llm.

    Attributes:
        kind: `cue` or `llm`.
        cue: What a cue voter reads: text, face or voice.
        prompt_file: File of a prompt that replaces `annotate.jinja`: for a fine-tuned student
            behind a server, the prompt of its training.
        reply_form: Expected form of the answers: `semicolon` is `label;explanation`, `lines` has
            the label on the first line and the explanation on the next, `schema` is JSON that is
            requested by a schema with the permitted labels and `cannot_tell`; a model that takes no
            schema is asked for `label;explanation`.
        logprobs: Whether the log-probabilities of the label are requested, for soft votes; only
            some providers give them.
        read_prose: Whether an answer without that form counts if one label stands out in it, for
            recorded answers that were given as prose.
        batch: Whether the model is asked through the provider's batch interface, which costs half
            and answers within a day.
        batch_poll_seconds: Seconds between two checks whether a batch has ended.
    """

    kind: Literal["cue", "llm"]
    cue: str | None = None
    prompt_file: Path | None = None
    reply_form: Literal["semicolon", "lines", "schema"] = "semicolon"
    logprobs: bool = False
    read_prose: bool = False
    batch: bool = False
    batch_poll_seconds: float = Field(60.0, gt=0)

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
        if self.batch and not str(self.model).startswith(BATCH_MODELS):
            raise ValueError(
                f"voter {self.name!r}: `batch` works with {BATCH_MODELS}… models alone, not with "
                f"{self.model}; leave it out"
            )
        return self


class VotingOptions(CampaignOptions, AskingOptions):
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
        max_attempts: Number of questions about one clip; each after the first one names the fault
            of the reply before: prose, several labels, or a word that is no label.
        max_failed_share: Largest share of a voter's questions that may fail; with more, the vote
            ends in an error instead of counting without the voter.
        label_order: Order in which a prompt lists them: `fixed`, or `shuffled` for each clip.
    """

    voters: tuple[VoterOptions, ...] = tuple(
        VoterOptions(name=cue, kind="cue", cue=cue) for cue in CUES
    )
    min_agreement: int = Field(2, ge=1)
    annotators_per_clip: int = Field(4, ge=1)
    threshold: int = Field(2, ge=1)
    sequential: bool = False
    label_set: Literal["fine", "coarse"] = "fine"
    label_order: Literal["fixed", "shuffled"] = "fixed"
    max_attempts: int = Field(2, ge=1)
    max_failed_share: float = Field(0.5, ge=0, le=1)

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
