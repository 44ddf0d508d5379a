"""Who is asked about which clips of a campaign, and the blind lists that people fill in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign, CampaignError
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.common.seeding import draw_key

if TYPE_CHECKING:
    import pandas as pd

QUEUE_COLUMNS = (
    *("campaign", "clip_id", "clip", "subtitle", "annotator", "label"),
    *("voted_at", "seconds", "answers"),
)


def find_people(campaign: Campaign, annotators: Iterable[Annotator]) -> list[Annotator]:
    """Return who may be asked, however few they are, by the rule of `choose_people`."""
    active = [person for person in annotators if person.active]
    role = "adjudicator" if campaign.is_adjudication else "annotator"
    return [person for person in active if person.role == role] or active


def choose_people(campaign: Campaign, annotators: Iterable[Annotator]) -> list[Annotator]:
    """Return who is asked: those who take part at present and have the campaign's role.

    Adjudications are for adjudicators, all other campaigns for annotators. Where nobody has the
    role, everybody is asked.

    Raises:
        CampaignError: If fewer people take part than a clip needs.
    """
    people = find_people(campaign, annotators)
    if len(people) < campaign.annotators_per_clip:
        raise CampaignError(
            f"campaign {campaign.name!r} asks {campaign.annotators_per_clip} people about each "
            f"clip, but {len(people)} take part; register more with `kedro annotators add NAME …`"
        )
    return people


def find_short(
    campaign: Campaign,
    clips: Iterable[str],
    people: Collection[Annotator],
    history: pd.DataFrame,
    elsewhere: Mapping[str, Collection[str]],
) -> list[str]:
    """Return the clips of a fresh campaign for which too few people are left, sorted.

    Args:
        campaign: The campaign; one that is not fresh is never short.
        clips: Ids of its clips.
        people: Who may be asked.
        history: The votes that it has, as the store returns them.
        elsewhere: Who answered for a clip in another campaign: names by clip key.
    """
    if not campaign.fresh:
        return []
    answered = history.groupby("clip_id")["annotator"].agg(set).to_dict()
    short = []
    for clip_id in sorted(set(clips)):
        done = answered.get(clip_id, set())
        stale = elsewhere.get(clip_key(clip_id), ())
        left = [p for p in people if p.name not in done and p.name not in stale]
        if len(done) + len(left) < campaign.annotators_per_clip:
            short.append(clip_id)
    return short


def assign(
    campaign: Campaign,
    clips: Iterable[str],
    people: Iterable[Annotator],
    history: pd.DataFrame,
    elsewhere: Mapping[str, Collection[str]] | None = None,
) -> dict[str, list[str]]:
    """Return the clips that each person is still asked about, by name, in an order of their own.

    Whoever answered keeps the place; the free ones go to the people whom a draw by clip and name
    puts first. So the load is spread, the same call gives the same lists, and one more person
    changes few of them.

    Args:
        campaign: The campaign.
        clips: Ids of its clips.
        people: Who is asked.
        history: The votes that it has, as the store returns them.
        elsewhere: Who may not be asked about a clip, since they answered for it in another
            campaign or are asked there: names by clip key.
    """
    valid = history[history["label"].isin(campaign.answers)]
    answered = valid.groupby("clip_id")["annotator"].agg(set).to_dict()
    lists: dict[str, list[str]] = {person.name: [] for person in people}
    everybody = list(people)
    for clip_id in sorted(set(clips)):
        done = answered.get(clip_id, set())
        free = max(0, campaign.annotators_per_clip - len(done))
        stale = (elsewhere or {}).get(clip_key(clip_id), ())
        ready = [p for p in everybody if p.name not in done and p.name not in stale]
        ready.sort(key=lambda person: _draw("assigned", campaign, clip_id, person.key))
        for person in ready[:free]:
            lists[person.name].append(clip_id)
    for person in everybody:
        lists[person.name].sort(key=lambda clip: _draw("order", campaign, clip, person.key))
    return lists


def tabulate_queue(
    campaign: Campaign, name: str, clips: list[str], candidates: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the list that a person fills in: neither label nor prediction nor reason is in it.

    Args:
        campaign: The campaign.
        name: The person's name.
        clips: Ids of the clips in their order.
        candidates: Candidates, for the paths of clip files and the subtitles; None if unknown.
    """
    import pandas as pd

    known = candidates.set_index("clip_id") if candidates is not None else pd.DataFrame()
    rows = [
        {
            "campaign": campaign.name,
            "clip_id": clip_id,
            "clip": known.loc[clip_id, "clip_path"] if clip_id in known.index else "",
            "subtitle": known.loc[clip_id, "subtitle"] if clip_id in known.index else "",
            "annotator": name,
            "label": "",
            "voted_at": "",
            "seconds": "",
            "answers": " | ".join(campaign.answers),
        }
        for clip_id in clips
    ]
    return pd.DataFrame(rows, columns=list(QUEUE_COLUMNS))


def _draw(use: str, campaign: Campaign, clip_id: str, key: str) -> bytes:
    return draw_key(0, "queue", use, campaign.name, clip_key(clip_id), key)
