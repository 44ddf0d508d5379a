"""Who is asked about which clips of a campaign, and the blind lists that people fill in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign, CampaignError
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.common.seeding import draw_key

REASONS: Final = ("selected", "undecided", "audit", "gold", "repeat")
ROW_COLUMNS: Final = ("clip_id", "reason", "inclusion_probability", "draw_seed")
QUEUE_COLUMNS = (
    *("campaign", "clip_id", "clip", "subtitle", "annotator", "label"),
    *("voted_at", "seconds", "answers"),
)


@dataclass(frozen=True)
class QueueRow:
    """A clip that a campaign asks about. Annotators see none of what is here but the texts.

    Attributes:
        clip_id: Id of the clip.
        reason: Why it is asked, one of `REASONS`.
        inclusion_probability: Probability with which the clip came into the queue.
        draw_seed: Seed of the draw that chose it; None if nothing was drawn.
        truth: The known label, of clips by which annotators are trained or checked.
        texts: The two texts that are compared.

    Raises:
        CampaignError: If the reason is not known, or the probability is none.
    """

    clip_id: str
    reason: str = "selected"
    inclusion_probability: float = 1.0
    draw_seed: int | None = None
    truth: str | None = None
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise CampaignError(f"{self.clip_id}: {self.reason!r} is none of {', '.join(REASONS)}")
        if not 0 < self.inclusion_probability <= 1:
            raise CampaignError(
                f"{self.clip_id}: the probability {self.inclusion_probability} is not above 0 and "
                "at most 1"
            )


def make_queue(clips: Iterable[str | QueueRow] | pd.DataFrame) -> list[QueueRow]:
    """Return the rows of a queue.

    Args:
        clips: Ids of selected clips, rows, or a table with clip_id and, if it has them, the other
            columns of `ROW_COLUMNS`; a cell without a value stands for the default.

    Raises:
        CampaignError: If a row is wrong.
    """
    if isinstance(clips, pd.DataFrame):
        table = clips[[name for name in ROW_COLUMNS if name in clips]].astype(object)
        given = table.where(table.notna(), None).to_dict("records")
        plain = [
            {str(name): value for name, value in row.items() if value is not None} for row in given
        ]
        return [QueueRow(**row) for row in plain]
    return [QueueRow(clip) if isinstance(clip, str) else clip for clip in clips]


def tabulate_rows(rows: Iterable[QueueRow]) -> pd.DataFrame:
    """Return the rows of a queue as a table of `ROW_COLUMNS`, sorted by clip."""
    values = [[getattr(row, name) for name in ROW_COLUMNS] for row in rows]
    table = pd.DataFrame(values, columns=list(ROW_COLUMNS)).astype({"draw_seed": "Int64"})
    return table.sort_values("clip_id", ignore_index=True)


def mark_reasons(votes: pd.DataFrame, queue: pd.DataFrame) -> pd.DataFrame:
    """Return votes with the reason for which their clip was asked, as a column `reason`.

    Args:
        votes: HumanVotes of a campaign.
        queue: Its queue with clip_id and reason, see `tabulate_rows`.
    """
    reasons = queue.set_index("clip_id")["reason"]
    return votes.assign(reason=votes["clip_id"].map(reasons))


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


def assign(
    campaign: Campaign, clips: Iterable[str], people: Iterable[Annotator], history: pd.DataFrame
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
    """
    valid = history[history["label"].isin(campaign.answers)]
    answered = valid.groupby("clip_id")["annotator"].agg(set).to_dict()
    lists: dict[str, list[str]] = {person.name: [] for person in people}
    everybody = list(people)
    for clip_id in sorted(set(clips)):
        done = answered.get(clip_id, set())
        free = max(0, campaign.annotators_per_clip - len(done))
        ready = [person for person in everybody if person.name not in done]
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
