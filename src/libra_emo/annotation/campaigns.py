"""A campaign: the possible answers, how many annotators answer, and how many must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

ADJUDICATION_SUFFIX = ".adjudication"
LABELS, TRAINING, CALIBRATION, PREFERENCE = "labels", "training", "calibration", "preference"
AUDIT, GOLD, REPEAT = MIXED_KINDS = ("audit", "gold", "repeat")
KINDS = (LABELS, TRAINING, CALIBRATION, PREFERENCE, *MIXED_KINDS)
PREFERENCES = ("first", "second", "both", "neither")


class CampaignError(LibraEmoError):
    """A campaign contradicts itself, or its annotators cannot be reached."""


class PeopleNeeded(LibraEmoError):
    """Clips wait for people; the run ends, and a later run continues once the votes are stored.

    Attributes:
        campaign: Name of the campaign.
        waiting: How many of its clips lack votes.
        asked: How many clips it asks about.
    """

    exit_code = 3

    def __init__(self, message: str, *, campaign: str, waiting: int, asked: int) -> None:
        super().__init__(message)
        self.campaign = campaign
        self.waiting = waiting
        self.asked = asked


Wait = Callable[[PeopleNeeded], None]
_waits: list[Wait] = []


@contextmanager
def staying(wait: Wait) -> Iterator[None]:
    """Let runs in this block stay when clips wait for people.

    Args:
        wait: Returns when the store is to be read again.
    """
    _waits.append(wait)
    try:
        yield
    finally:
        _waits.pop()


def wait_or_end(needed: PeopleNeeded) -> None:
    """Return when the store is to be read again.

    Raises:
        PeopleNeeded: If the run does not stay.
    """
    if not _waits:
        raise needed
    _waits[-1](needed)


@dataclass(frozen=True)
class Campaign:
    """A question to annotators about a set of clips.

    Attributes:
        name: Name such as `bench` or `round_1`; `<name>.adjudication` is reserved for its
            adjudication.
        annotators_per_clip: How many annotators answer for each clip.
        threshold: How many of them must give the same answer.
        labels: Labels that can be chosen, in the taxonomy's order.
        other: The answer for "none of these labels".
        kind: What it is for. `labels`: its votes become labels. `training` and `calibration`:
            clips with a known label, about which everybody is asked. `preference`: which of two
            texts of a clip fits better. `audit`, `gold` and `repeat` are mixed into the queue of
            the campaign whose name is before the last dot.
        rate: Share of the clips of a person's queue that come from a mixed campaign; without one,
            they are spread over the whole queue.
        distance: How many other answers lie between a clip and its repeat.
        fresh: Whether nobody is asked about a clip who has answered for it in another campaign.
            Audits are, and campaigns that ask one person after the other.

    Raises:
        CampaignError: If the name is empty, the kind is not known, or the threshold is below 1 or
            above the number of annotators.
    """

    name: str
    annotators_per_clip: int
    threshold: int
    labels: tuple[str, ...]
    other: str
    kind: str = LABELS
    rate: float | None = None
    distance: int | None = None
    fresh: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise CampaignError("a campaign needs a name")
        if self.kind not in KINDS:
            raise CampaignError(f"campaign {self.name!r}: {self.kind!r} is no kind; {KINDS} are")
        if self.threshold < 1:
            raise CampaignError(f"campaign {self.name!r}: the threshold must be at least 1")
        if self.threshold > self.annotators_per_clip:
            raise CampaignError(
                f"campaign {self.name!r}: threshold {self.threshold} is above its "
                f"{self.annotators_per_clip} annotators per clip; no clip could be decided"
            )

    @classmethod
    def of(
        cls, name: str, taxonomy: Taxonomy, annotators_per_clip: int, threshold: int
    ) -> Campaign:
        """Return a campaign that asks for the labels of a taxonomy."""
        return cls(name, annotators_per_clip, threshold, taxonomy.labels, taxonomy.other)

    @property
    def answers(self) -> tuple[str, ...]:
        """Every possible answer: the labels, and the answer for none of them."""
        return (*self.labels, self.other)

    @property
    def adjudication(self) -> Campaign:
        """The campaign in which one adjudicator answers for the clips without consensus.

        The paper decides these clips by discussion instead (section 2.3).

        Raises:
            CampaignError: If this campaign is an adjudication itself.
        """
        if self.is_adjudication:
            raise CampaignError(f"campaign {self.name!r} is an adjudication already")
        return Campaign(self.name + ADJUDICATION_SUFFIX, 1, 1, self.labels, self.other)

    def mixed(self, kind: str, rate: float | None = None, distance: int | None = None) -> Campaign:
        """Return the campaign of this kind that is mixed into the queue of this one.

        Its votes are kept under its own name, so they never count for a label of this one.

        Raises:
            CampaignError: If the kind is none that is mixed, or this campaign asks for no labels.
        """
        if kind not in MIXED_KINDS or self.kind != LABELS:
            raise CampaignError(
                f"campaign {self.name!r} of kind {self.kind} takes no {kind}; clips of the kinds "
                f"{', '.join(MIXED_KINDS)} are mixed into campaigns of kind {LABELS}"
            )
        needed = self.annotators_per_clip if kind == AUDIT else 1
        return replace(
            self,
            name=f"{self.name}.{kind}",
            annotators_per_clip=needed,
            threshold=min(self.threshold, needed),
            kind=kind,
            rate=rate,
            distance=distance,
            fresh=kind == AUDIT,
        )

    @property
    def asks_everybody(self) -> bool:
        """Whether every annotator is asked about every clip, however many there are."""
        return self.kind in (TRAINING, CALIBRATION, GOLD, REPEAT)

    @property
    def mixed_into(self) -> str | None:
        """The name of the campaign in whose queue its clips come; None if it has its own queue."""
        return self.name.rpartition(".")[0] if self.kind in MIXED_KINDS else None

    @property
    def is_adjudication(self) -> bool:
        """Whether this campaign decides clips without consensus of another campaign."""
        return self.name.endswith(ADJUDICATION_SUFFIX)

    @property
    def adjudicated(self) -> str:
        """The name of the campaign whose clips this adjudication decides."""
        return self.name.removesuffix(ADJUDICATION_SUFFIX)
