"""The lists that people fill in: which clips of a campaign, and of its audits, are on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import AUDIT, Campaign
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.queue import assign, choose_people
from libra_emo.common.seeding import draw_key

if TYPE_CHECKING:
    from libra_emo.annotation.store import VoteStore


class Listed(NamedTuple):
    """A clip on a person's list.

    Attributes:
        campaign: Name of the campaign that the list gives for it.
        clip_id: The clip.
    """

    campaign: str
    clip_id: str


def list_clips(store: VoteStore, campaign: Campaign) -> dict[str, list[Listed]]:
    """Return the clips that each person is still asked about, by name, in an order of their own.

    Those of an audit come among the campaign's own and under its name, so that nothing says which
    they are. Only a clip that both ask about has the audit's name, since its row must say which is
    meant; it is on the lists of other people. Nobody gets a clip of an audit who answered for it
    in another campaign.

    Args:
        store: Store of the votes.
        campaign: The campaign.

    Raises:
        CampaignError: If fewer people take part than a clip needs.
    """
    people = choose_people(campaign, store.annotators().values())
    own, closed = set(store.clips(campaign.name)), store.closed_campaigns()
    first = _assign(store, campaign, own, people, {})
    lists = {name: [Listed(campaign.name, clip) for clip in clips] for name, clips in first.items()}
    for name, audit in store.campaigns().items():
        if audit.kind != AUDIT or audit.mixed_into != campaign.name or name in closed:
            continue
        panel = _assign(store, audit, store.clips(name), people, first)
        for listed_for, clips in panel.items():
            lists[listed_for] += [Listed(name if c in own else campaign.name, c) for c in clips]
    for person in people:
        lists[person.name].sort(key=lambda row: _place(campaign, row.clip_id, person.key))
    return lists


def _assign(
    store: VoteStore,
    campaign: Campaign,
    clips: Iterable[str],
    people: list[Annotator],
    lists: Mapping[str, Collection[str]],
) -> dict[str, list[str]]:
    """Return the lists of a campaign; nobody is asked twice about a clip of a fresh one."""
    asked = sorted(set(clips))
    elsewhere = store.answered_elsewhere(campaign.name, asked) if campaign.fresh else {}
    for name, listed in lists.items():
        for clip_id in listed:
            elsewhere.setdefault(clip_key(clip_id), set()).add(name)
    return assign(campaign, asked, people, store.history(campaign.name), elsewhere)


def _place(campaign: Campaign, clip_id: str, key: str) -> bytes:
    return draw_key(0, "queue", "order", campaign.name, clip_key(clip_id), key)
