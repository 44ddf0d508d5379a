"""The order in which each person gets the clips of a campaign."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.common.seeding import generator

FRESH_SECONDS: Final = 60.0
EXHAUSTED_SECONDS: Final = 5.0  # the same, for a campaign of which somebody has seen the end
BATCH: Final = 8  # mostly the first clips have a place
LARGEST_BATCH: Final = 256


class Order:
    """A campaign's clips in the order of one person.

    Attributes:
        keys: Keys of the campaign's clips.
        places: Their order, as places in `keys`.
        start: How many of the first ones need nobody any more, or not this person.
    """

    def __init__(self, campaign: str, annotator: str, keys: tuple[str, ...]) -> None:
        self.keys = keys
        drawn = generator(0, "queue", "served", campaign, annotator).permutation(len(keys))
        self.places = array("I", drawn.astype("uintc").tobytes())
        self.start = 0

    def batches(self) -> Iterator[list[str]]:
        """Yield the keys that are left, some at a time, and more each time."""
        first, size = self.start, BATCH
        while first < len(self.places):
            yield [self.keys[place] for place in self.places[first : first + size]]
            first, size = first + size, min(2 * size, LARGEST_BATCH)

    def advance(self, done: Callable[[str], bool]) -> None:
        """Leave out for good the first clips that are done; stop at the first that is not."""
        start = self.start
        while start < len(self.places) and done(self.keys[self.places[start]]):
            start += 1
        self.start = max(self.start, start)  # another thread may have come further


class Orders:
    """The orders of everybody, kept in memory while the campaign's clips stay the same."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, str], tuple[Campaign, Order]] = {}
        self._keys: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._reading = threading.Lock()

    def find(self, connection: sa.Connection, campaign: Campaign, annotator: str) -> Order:
        """Return a person's order of a campaign's clips."""
        keys = self._read(connection, campaign.name)
        known = self._orders.get((campaign.name, annotator))
        # which clips are done follows from the campaign's settings
        if known is None or known[0] != campaign or known[1].keys is not keys:
            known = (campaign, Order(campaign.name, annotator, keys))
            self._orders[campaign.name, annotator] = known
        return known[1]

    def forget(self, campaign: str) -> None:
        """Read a campaign's clips again soon, since somebody was given none of those known."""
        read_at, keys = self._keys.get(campaign, (float("-inf"), ()))
        soon = time.monotonic() - FRESH_SECONDS + EXHAUSTED_SECONDS
        self._keys[campaign] = (min(read_at, soon), keys)

    def _read(self, connection: sa.Connection, campaign: str) -> tuple[str, ...]:
        read_at, keys = self._keys.get(campaign, (float("-inf"), ()))
        if time.monotonic() - read_at <= FRESH_SECONDS:
            return keys
        # one thread reads them again; the others go on with those known, if there are any
        if not self._reading.acquire(blocking=not keys):
            return keys
        try:
            if self._keys.get(campaign, (read_at, keys)) == (read_at, keys):
                query = sa.select(CLIPS.c.clip_key).where(CLIPS.c.campaign == campaign)
                fresh = tuple(sorted({*connection.execute(query).scalars()}))
                self._keys[campaign] = (time.monotonic(), keys if fresh == keys else fresh)
            return self._keys[campaign][1]
        finally:
            self._reading.release()
