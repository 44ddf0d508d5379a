"""A campaign: the possible answers, how many annotators answer, and how many must agree."""

from __future__ import annotations

from dataclasses import dataclass

from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

ADJUDICATION_SUFFIX = ".adjudication"


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

    Raises:
        CampaignError: If the name is empty, or the threshold is below 1 or above the number of
            annotators.
    """

    name: str
    annotators_per_clip: int
    threshold: int
    labels: tuple[str, ...]
    other: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise CampaignError("a campaign needs a name")
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

    @property
    def is_adjudication(self) -> bool:
        """Whether this campaign decides clips without consensus of another campaign."""
        return self.name.endswith(ADJUDICATION_SUFFIX)

    @property
    def adjudicated(self) -> str:
        """The name of the campaign whose clips this adjudication decides."""
        return self.name.removesuffix(ADJUDICATION_SUFFIX)
