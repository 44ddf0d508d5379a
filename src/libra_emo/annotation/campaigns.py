"""A campaign: which answers annotators choose from, how many answer, how many must agree."""

from __future__ import annotations

from dataclasses import dataclass

from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

ADJUDICATION_SUFFIX = ".adjudication"


class CampaignError(LibraEmoError):
    """A campaign contradicts itself, or is not the one that was opened."""


class PeopleNeeded(LibraEmoError):
    """Clips wait for people; the run ends here and goes on once their votes are in the store.

    Attributes:
        campaign: The campaign's name.
        waiting: How many of its clips still lack votes.
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
    """One question put to annotators about a set of clips.

    Attributes:
        name: Such as `bench` or `round_1`; `<name>.adjudication` is kept for its adjudication.
        annotators_per_clip: How many annotators answer for each clip.
        threshold: How many of them must give the same answer.
        labels: The labels that may be chosen, in the taxonomy's order.
        other: The answer for "none of them".

    Raises:
        CampaignError: If the name is empty or the numbers do not fit together.
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
        """Every answer that counts: the labels, and the one for none of them."""
        return (*self.labels, self.other)

    @property
    def adjudication(self) -> Campaign:
        """The campaign in which one adjudicator answers for the clips without consensus.

        It stands for the discussion by which the paper settles them (section 2.3).

        Raises:
            CampaignError: If this campaign is an adjudication itself.
        """
        if self.is_adjudication:
            raise CampaignError(f"campaign {self.name!r} is an adjudication already")
        return Campaign(self.name + ADJUDICATION_SUFFIX, 1, 1, self.labels, self.other)

    @property
    def is_adjudication(self) -> bool:
        """Whether this campaign settles the clips on which another one did not agree."""
        return self.name.endswith(ADJUDICATION_SUFFIX)
