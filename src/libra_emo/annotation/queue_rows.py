"""The rows of a campaign's queue: which clips it asks about, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from libra_emo.annotation.campaigns import CampaignError

if TYPE_CHECKING:
    import pandas as pd

REASONS: Final = ("selected", "undecided", "audit", "gold", "repeat")
ROW_COLUMNS: Final = ("clip_id", "reason", "inclusion_probability", "draw_seed")


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
    import pandas as pd

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
    import pandas as pd

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
