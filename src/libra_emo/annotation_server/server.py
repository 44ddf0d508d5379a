"""What the routes share: the store, the clips, the taxonomy, and what derives from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.attempts import Attempts
from libra_emo.annotation_server.access.secrets import ServerSecret, read_secret
from libra_emo.annotation_server.assignments.assignment import Assigner
from libra_emo.annotation_server.assignments.clips import Clips
from libra_emo.annotation_server.assignments.gate import Gate, find_gate
from libra_emo.annotation_server.grouped_writes import GroupedWrites
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.annotation_server.texts.emotions import describe_emotions
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from libra_emo.annotation_server.reports.campaigns import Reports

OTHER_KEY = "x"


def read_clock() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass
class AnnotationServer:
    """What the routes share.

    Attributes:
        store: Store of the votes.
        clips: Clips by key.
        taxonomy: The labels.
        settings: Settings of the server.
        clock: Gives the time.
    """

    store: VoteStore
    clips: Clips
    taxonomy: Taxonomy
    settings: ServerSettings
    clock: Callable[[], datetime] = field(default=read_clock)

    @cached_property
    def secret(self) -> ServerSecret:
        """The secret of the store's servers."""
        return read_secret(self.store)

    @cached_property
    def assigner(self) -> Assigner:
        """What gives clips to people."""
        return Assigner(self.store, self.writes, self.secret, self.settings.lease_seconds)

    @cached_property
    def writes(self) -> GroupedWrites:
        """What requests write into the store, together where they come together."""
        return GroupedWrites(self.store)

    @cached_property
    def reports(self) -> Reports:
        """What leads read."""
        from libra_emo.annotation_server.reports.campaigns import Reports

        return Reports(self.store, self.taxonomy)

    @cached_property
    def attempts(self) -> Attempts:
        """The wrong links of each address."""
        return Attempts(self.settings.link_attempts)

    def find_gate(self, campaign: Campaign, person: Annotator) -> Gate | None:
        """Return why a person gets no clips of a campaign yet, or None if nothing comes first."""
        kinds, share = self.settings.required_first, self.settings.required_share
        return find_gate(self.store, campaign, person, kinds, share)

    def describe_clip(self, clip_key: str, language: str) -> dict[str, Any]:
        """Return what a page shows of a clip; the face only where it is the person meant."""
        clip = self.clips.get(clip_key)
        if clip is None:
            unknown = dict.fromkeys(("translation", "language", "seconds", "face"))
            return {"subtitle": "", **unknown}
        shown = clip.describe(language)
        if self.settings.person_meant != "largest_face":
            shown["face"] = None  # the largest face may be another person's
        return shown

    def describe_emotions(self, language: str) -> list[dict[str, Any]]:
        """Return the emotions as a page shows them: name, type, definition and key."""
        return describe_emotions(self.taxonomy, language)
