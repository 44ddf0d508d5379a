"""What the routes share: the store, the clips, the taxonomy, and what derives from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.attempts import Attempts
from libra_emo.annotation_server.access.secrets import ServerSecret, read_secret
from libra_emo.annotation_server.assignments.assignment import Assigner
from libra_emo.annotation_server.assignments.clips import Clips
from libra_emo.annotation_server.reports.campaigns import Reports
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.annotation_server.texts.emotions import describe_emotions
from libra_emo.taxonomy import Taxonomy

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
        return Assigner(self.store, self.secret, self.settings.lease_seconds)

    @cached_property
    def reports(self) -> Reports:
        """What leads read."""
        return Reports(self.store, self.taxonomy)

    @cached_property
    def attempts(self) -> Attempts:
        """The wrong links of each address."""
        return Attempts(self.settings.link_attempts)

    def describe_emotions(self, language: str) -> list[dict[str, Any]]:
        """Return the emotions as a page shows them: name, type, definition and key."""
        return describe_emotions(self.taxonomy, language)
