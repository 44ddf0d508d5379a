"""The nodes of a round's audit: which clips are drawn, and the certificate of its labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import Annotators
from libra_emo.annotation.settlement import settle
from libra_emo.common.options import Options
from libra_emo.common.seeding import draw_key
from libra_emo.labelling.audit import draw_audit, strata, usable_votes
from libra_emo.labelling.certificate import (
    Certificate,
    Panel,
    certify,
    digest_tables,
    panel_instability,
    stale_reason,
)
from libra_emo.labelling.votes import Floats
from libra_emo.pipelines.active_learning.asking import (
    audit_campaign,
    sealed_campaigns,
)
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.pipelines.sequential_asking import join_votes
from libra_emo.schemas import Audits, check, empty
from libra_emo.taxonomy import Taxonomy

OFF = "no audit was asked for (active_learning.audit.enabled)"
FIRST = "the labels of round 0 are where the loop starts; audits begin with round 1"
STOPPED = "the loop had stopped, so that nobody was asked"


class RoundCertificate(Options):
    """The certificate of a round's labels, or why there is none.

    Attributes:
        round: The round.
        annotators: Who answered, people or simulated annotators.
        reason: Why there is no certificate; None if there is one.
        repeated: How many answers of the panel come from people who had answered for the clip.
        certificate: The certificate.
    """

    round: int
    annotators: Annotators
    reason: str | None = None
    repeated: int = 0
    certificate: Certificate | None = None


def draw_round_audit(
    labels: pd.DataFrame,
    posterior_before: pd.DataFrame,
    features: pd.DataFrame,
    report_before: RoundReport,
    active_learning: ActiveLearningOptions,
    seed: int,
) -> pd.DataFrame:
    """Return Audits: every labelled clip with its probability, and whether it is drawn.

    The table is empty without an audit, and once the loop has stopped or no look is left.
    """
    number = report_before.round + 1
    if _why_not(number, report_before.saturated, active_learning):
        return empty(Audits)
    doubt = 1 - posterior_before.set_index("clip_id")["probability"]
    frame = draw_audit(
        labels,
        features.set_index("clip_id")["source_id"],
        labels["clip_id"].map(doubt).to_numpy(dtype=np.float64),
        active_learning.audit,
        seed=seed,
        round_number=number,
    )
    return check(frame.assign(draw_seed=seed), Audits)


def leave_uncertified(annotators: Annotators) -> RoundCertificate:
    """Return that round 0 has no certificate."""
    return RoundCertificate(round=0, annotators=annotators, reason=FIRST)


def certify_labels(
    audit: pd.DataFrame,
    labels: pd.DataFrame,
    posterior: pd.DataFrame,
    human_votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    report_before: RoundReport,
    annotators: Annotators,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[RoundCertificate, pd.DataFrame]:
    """Return the certificate of a round's labels, and all votes that may be learnt from after it.

    Clips that the round dropped are no longer labels, so they are left out of the frame.

    Raises:
        VotesError: If the panel has not answered for a drawn clip.
    """
    number = report_before.round + 1
    reason = _why_not(number, report_before.saturated, active_learning)
    if reason is not None:
        unsealed = usable_votes(human_votes, sealed_campaigns(number))
        nothing = RoundCertificate(round=number, annotators=annotators, reason=reason)
        return nothing, join_votes(votes_before, unsealed)
    campaign = audit_campaign(number, taxonomy, active_learning)
    frame = _read_frame(audit, labels)
    drawn = frame.loc[frame["drawn"], "clip_id"]
    answers = human_votes[human_votes["campaign"].isin(sealed_campaigns(number))]
    answers = answers[answers["clip_id"].isin(drawn)]
    votes = join_votes(votes_before, human_votes)
    certificate = certify(
        frame,
        _changed(frame, answers, campaign, annotators),
        _describe_panel(frame, answers, campaign, taxonomy),
        active_learning.certificate,
        look=number,
        judgements=len(answers),
        digests={
            "labels": digest_tables(labels),
            "votes": digest_tables(votes),
            "models": digest_tables(predictions, machine_votes),
        },
        expected=_doubt(frame, posterior),
    )
    known = join_votes(
        votes_before, usable_votes(human_votes, sealed_campaigns(number))
    )  # the panel itself left out
    repeated = answers.merge(known[["clip_id", "annotator"]].drop_duplicates())
    found = RoundCertificate(
        round=number, annotators=annotators, repeated=len(repeated), certificate=certificate
    )
    return found, votes


def take_certificate(labels: pd.DataFrame, *certificates: RoundCertificate) -> RoundCertificate:
    """Return the certificate of the final labels, or why there is none.

    It is that of the last round with an audit; if the labels changed afterwards, there is none.

    Args:
        labels: The final labels.
        *certificates: Certificates of the rounds, in their order.
    """
    latest = [(found, own) for found in certificates if (own := found.certificate) is not None]
    if not latest:
        return certificates[-1]
    found, own = latest[-1]
    reason = stale_reason(own, {**own.digests, "labels": digest_tables(labels)})
    return found if reason is None else found.model_copy(
        update={"certificate": None, "reason": f"the certificate of round {found.round}: {reason}"}
    )  # fmt: skip


def _why_not(number: int, stopped: bool, options: ActiveLearningOptions) -> str | None:
    """Return why a round has no audit, or None if it has one."""
    looks = options.certificate.planned_looks
    if not options.audit.enabled:
        return OFF
    if stopped:
        return STOPPED
    return None if number <= looks else f"look {number} is none of the {looks} planned looks"


def _read_frame(audit: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return the audited frame with the labels of now, and the strata from which it was drawn."""
    frame = audit.assign(stratum=strata(audit)).drop(columns=["label", "origin"])
    return labels[["clip_id", "label", "origin"]].merge(frame, on="clip_id")


def _changed(
    frame: pd.DataFrame, answers: pd.DataFrame, campaign: Campaign, annotators: Annotators
) -> pd.Series:
    drawn = frame[frame["drawn"]].set_index("clip_id")["label"]
    settled = settle(
        drawn.index, answers, campaign, round_number=0, simulated=annotators == "simulated"
    )
    panel = settled.labels.set_index("clip_id")["label"].reindex(drawn.index)
    return panel.isna() | (panel != drawn)


def _describe_panel(
    frame: pd.DataFrame, answers: pd.DataFrame, campaign: Campaign, taxonomy: Taxonomy
) -> Panel:
    """Return who the panel is; its halves are drawn by clip and name."""
    own = answers[answers["campaign"] == campaign.name]
    keys = [
        draw_key(0, "half", clip_id, name)
        for clip_id, name in zip(own["clip_id"], own["annotator"], strict=True)
    ]
    own = own.assign(_key=keys).sort_values(["clip_id", "_key"])
    place = own.groupby("clip_id").cumcount()
    half = campaign.annotators_per_clip // 2
    chosen = frame[frame["drawn"]].sort_values("clip_id")
    names = (*taxonomy.labels, taxonomy.other)
    instability = float("nan")
    if half and len(chosen):
        halves = (own[place < half], own[(place >= half) & (place < 2 * half)])
        first, second = (_tally(part, chosen["clip_id"], names) for part in halves)
        instability = panel_instability(first, second, 1 / chosen["probability"].to_numpy())
    return Panel(
        people=campaign.annotators_per_clip,
        threshold=campaign.threshold,
        instability=round(instability, 6),
    )


def _tally(votes: pd.DataFrame, clips: pd.Series, names: tuple[str, ...]) -> Floats:
    table = pd.crosstab(votes["clip_id"], votes["label"])
    table = table.reindex(index=clips, columns=list(names), fill_value=0)
    counts: Floats = table.to_numpy(dtype=np.float64)
    return counts


def _doubt(frame: pd.DataFrame, posterior: pd.DataFrame) -> Floats:
    known = posterior.set_index("clip_id")["probability"]
    doubt: Floats = 1 - frame["clip_id"].map(known).to_numpy(dtype=np.float64)
    return doubt
