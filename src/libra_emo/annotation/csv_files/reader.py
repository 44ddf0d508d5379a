"""Reads a row of a file as the vote of a registered person in an open campaign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from libra_emo.annotation.annotators import Annotator, describe_unknown
from libra_emo.annotation.campaigns import AUDIT, Campaign
from libra_emo.annotation.csv_files.cells import (
    AnswerNames,
    BadCell,
    ClipNames,
    read_moment,
    read_seconds,
)
from libra_emo.annotation.database.withdrawals import REFUSED
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.names import name_key
from libra_emo.common.spreadsheets import unguard
from libra_emo.taxonomy import Taxonomy

NO_ANSWER: Final = "'' is not an answer: the row has none yet"


@dataclass(frozen=True)
class OpenCampaign:
    """A campaign with the clips that it currently asks about.

    Attributes:
        campaign: The campaign.
        clips: Ids of its clips.
        closed: Whether it takes no more votes.
        elsewhere: Who answered for a clip in another campaign, where the campaign is fresh:
            names by clip key; answers that the campaign has already are left out.
    """

    campaign: Campaign
    clips: Collection[str]
    closed: bool = False
    elsewhere: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass
class VoteReader:
    """What the rows of a file are read by.

    Attributes:
        campaigns: The campaigns by name.
        annotators: The registered people by key; None accepts everybody.
        taxonomy: The emotions, for their Chinese names.
        campaign: Name of the campaign of rows that name none.
        annotator: Name of the annotator of rows that name none.
        pseudonyms: People by the pseudonyms under which their votes were exported.
        is_withdrawn: Whether a name or pseudonym is of somebody who withdrew.
    """

    campaigns: Mapping[str, OpenCampaign]
    annotators: Mapping[str, Annotator] | None = None
    taxonomy: Taxonomy | None = None
    campaign: str | None = None
    annotator: str | None = None
    pseudonyms: Mapping[str, Annotator] = field(default_factory=dict)
    is_withdrawn: Callable[[str], bool] = lambda _name: False
    _clips: dict[str, ClipNames] = field(init=False, repr=False)
    _answers: dict[str, AnswerNames] = field(init=False, repr=False)
    _names: dict[str, str] = field(init=False, repr=False, default_factory=dict)
    _read: dict[tuple[str, str], set[str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._clips = {name: ClipNames(opened.clips) for name, opened in self.campaigns.items()}
        self._answers = {
            name: AnswerNames(opened.campaign.answers, opened.campaign.other, self.taxonomy)
            for name, opened in self.campaigns.items()
        }

    @property
    def known_words(self) -> set[str]:
        """Names of answers and of people, by which an encoding is recognised."""
        words = {name for answers in self._answers.values() for name in answers.names}
        return words | {person.name for person in (self.annotators or {}).values()}

    def is_clip(self, cell: str) -> bool:
        """Return whether a campaign asks about the clip that a cell names."""
        return any(clips.find(cell) for clips in self._clips.values())

    def is_answer(self, cell: str) -> bool:
        """Return whether a cell is an answer of a campaign."""
        try:
            return any(answers.find(cell) for answers in self._answers.values())
        except BadCell:
            return True

    def read(self, cells: Mapping[str, str]) -> tuple[str, str, str, str, str | None, float]:
        """Return campaign, clip_id, annotator, label, voted_at and seconds of a row.

        Args:
            cells: Field → cell; fields without a column are left out.

        Raises:
            BadCell: If the row is no vote of an open campaign.
        """
        name = self._find_campaign(cells.get("campaign", ""))
        name, clip_id = self._find_clip(name, cells["clip_id"])
        annotator = self._find_annotator(cells.get("annotator", "") or self.annotator or "")
        if not cells["label"]:
            raise BadCell(NO_ANSWER)
        answers = self._answers[name]
        label = answers.find(cells["label"])
        if label is None:
            listed = ", ".join(answers.answers)
            raise BadCell(f"{cells['label']!r} is not an answer; answers are {listed}")
        voted_at = read_moment(cells.get("voted_at", ""))
        self._check_fresh(name, clip_id, annotator)
        return name, clip_id, annotator, label, voted_at, read_seconds(cells.get("seconds", ""))

    def _find_clip(self, campaign: str, cell: str) -> tuple[str, str]:
        """Return the campaign and the clip of a row; lists do not say which clips are audited."""
        mixed = [
            name
            for name, opened in self.campaigns.items()
            if opened.campaign.kind == AUDIT and opened.campaign.mixed_into == campaign
        ]
        for name in (campaign, *mixed):
            clip_id = self._clips[name].find(cell)
            if clip_id is not None and not self.campaigns[name].closed:
                return name, clip_id
        raise BadCell(f"clip {cell!r} is not asked about in campaign {campaign!r}")

    def _check_fresh(self, name: str, clip_id: str, annotator: str) -> None:
        """Raise if the person has answered for the clip in another campaign, and may not here."""
        opened, key = self.campaigns[name], clip_key(clip_id)
        before = self._read.setdefault((key, annotator), set())
        stale = annotator in opened.elsewhere.get(key, ()) or before - {name}
        if opened.campaign.fresh and stale:
            raise BadCell(
                f"{annotator} has answered for clip {clip_id!r} in another campaign; "
                f"campaign {name!r} asks only people who have not"
            )
        before.add(name)

    def _find_campaign(self, cell: str) -> str:
        name = cell or self.campaign
        if not name:
            raise BadCell("no campaign is named")
        if name not in self.campaigns:
            by_fold = {known.casefold(): known for known in self.campaigns}
            name = by_fold.get(name.casefold(), name)
        if name not in self.campaigns or self.campaigns[name].closed:
            state = "is closed" if name in self.campaigns else "is not open"
            opened = [known for known, asked in self.campaigns.items() if not asked.closed]
            raise BadCell(
                f"campaign {name!r} {state}; open campaigns: {', '.join(opened) or 'none'}"
            )
        return name

    def _find_annotator(self, cell: str) -> str:
        name = unguard(cell)
        if name in self._names:
            return self._names[name]
        if not name_key(name):
            raise BadCell("the annotator is empty")
        if self.annotators is None:
            return name
        person = self.annotators.get(name_key(name)) or self.pseudonyms.get(name)
        if person is None:
            if self.is_withdrawn(name):
                raise BadCell(REFUSED)
            raise BadCell(describe_unknown([name], dict(self.annotators)))
        self._names[name] = person.name
        return person.name
