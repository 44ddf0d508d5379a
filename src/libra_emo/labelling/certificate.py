"""The certificate: how many of the released labels a fresh panel would change, and how sure.

The estimand comes first: the share of released labels that a fresh blind panel of m people would
change, by the rule of the rounds, overall and by class. A panel cannot see an error that all
people share; therefore the certificate also says how often two halves of the panel differ. It
carries the digests of the labels, votes and models that it speaks of, and a hash of its own
content: when one of them changes it is stale, and when somebody edits it the hash is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from libra_emo.common.digests import digest_json, digest_text
from libra_emo.common.options import Figure, Options
from libra_emo.labelling.audit import strata
from libra_emo.labelling.estimation import AuditedLabels, ShareEstimate, estimate_share
from libra_emo.labelling.spending import SpendingName, alpha_of_look
from libra_emo.labelling.votes import Bools, Floats, Ints, LabellingError

DIGITS = 6
DIGEST_NAMES = ("labels", "votes", "models")


class CertificateOptions(Options):
    """How sure a certificate is, and how often one looks.

    Attributes:
        level: Probability that the overall intervals of all looks hold together.
        joint_level: Probability that the intervals of all classes and looks hold together.
        planned_looks: How many audits are planned; fixed before the first.
        spending: How the permitted error is spent over the looks.
    """

    level: float = Field(default=0.95, gt=0, lt=1)
    joint_level: float = Field(default=0.95, gt=0, lt=1)
    planned_looks: int = Field(default=5, ge=1)
    spending: SpendingName = "linear"


class Panel(Options):
    """Who answered the audit.

    Attributes:
        people: How many people answered for each clip.
        threshold: How many equal answers decided; other clips went to an adjudicator.
        instability: Share of the clips for which two halves of the panel differ.
    """

    people: int
    threshold: int
    instability: Figure


class Interval(Options):
    """An estimated share with its interval.

    Attributes:
        estimate: Share of the labels that a fresh panel would change; NaN where not known.
        low: Lower end.
        high: Upper end.
        clips: How many audited clips it rests on.
    """

    estimate: Figure
    low: float
    high: float
    clips: int


class Certificate(Options):
    """What is certified; see the module.

    Attributes:
        estimand: What is estimated, in one sentence.
        panel: Who answered.
        level: Probability with which the overall intervals of all looks hold together.
        joint_level: The same for those of all classes.
        look: Number of the look, from 1.
        planned_looks: How many were planned.
        alpha: Error that this look's overall interval may make.
        overall: All released labels.
        by_label: Each class among the released labels.
        released: How many labels were released.
        films: From how many films the audited clips come.
        clips: How many clips were audited.
        judgements: How many answers people gave for them.
        estimator: Estimator of the overall share.
        design_effect: Variance against that of independent clips.
        digests: Digests of the labels, votes and models.
        hash: Digest of all of the above.
    """

    estimand: str
    panel: Panel
    level: float
    joint_level: float
    look: int
    planned_looks: int
    alpha: float
    overall: Interval
    by_label: dict[str, Interval]
    released: int
    films: int
    clips: int
    judgements: int
    estimator: str
    design_effect: Figure
    digests: dict[str, str]
    hash: str = ""


def certify(
    frame: pd.DataFrame,
    changed: pd.Series,
    panel: Panel,
    options: CertificateOptions,
    *,
    look: int,
    judgements: int,
    digests: Mapping[str, str],
    expected: Floats | None = None,
) -> Certificate:
    """Return the certificate of the labels in an audit's frame.

    Args:
        frame: All labelled clips as `libra_emo.labelling.audit.draw_audit` returns them. A
            column `stratum` has the strata of the draw, where labels changed since.
        changed: Whether the panel's label is another one than the released one, by clip_id of
            the drawn clips.
        panel: Who answered.
        options: How sure it is to be.
        look: Number of the look, from 1.
        judgements: How many answers people gave for the audit.
        digests: Digests of labels, votes and models.
        expected: Probability of being changed for each row of the frame, by a posterior that
            has seen none of the audit's answers.

    Raises:
        LabellingError: If a drawn clip has no answer, or a digest is missing.
    """
    missing = [name for name in DIGEST_NAMES if name not in digests]
    if missing:
        raise LabellingError(f"the certificate needs the digest of the {missing[0]}")
    audited = _read_frame(frame, changed, panel, expected)
    alpha = alpha_of_look(1 - options.level, look, options.planned_looks, options.spending)
    joint = alpha_of_look(1 - options.joint_level, look, options.planned_looks, options.spending)
    found = estimate_share(audited, alpha)
    names = sorted(frame["label"].unique())
    by_label = {
        str(name): estimate_share(
            audited.where((frame["label"] == name).to_numpy()), joint / len(names)
        )
        for name in names
    }
    certificate = Certificate(
        estimand=_estimand(panel),
        panel=panel,
        level=options.level,
        joint_level=options.joint_level,
        look=look,
        planned_looks=options.planned_looks,
        alpha=round(alpha, DIGITS),
        overall=_read(found),
        by_label={name: _read(share) for name, share in by_label.items()},
        released=len(frame),
        films=found.films,
        clips=found.clips,
        judgements=judgements,
        estimator=found.estimator,
        design_effect=round(found.design_effect, DIGITS),
        digests={name: digests[name] for name in DIGEST_NAMES},
    )
    return certificate.model_copy(update={"hash": content_hash(certificate)})


def decide_panel(counts: Floats, threshold: int, adjudicated: Ints) -> Ints:
    """Return the answer of each panel by position: the leading one, else the adjudicator's.

    Args:
        counts: How often each answer was given, a row a clip.
        threshold: How many equal answers decide; two leading answers are a tie.
        adjudicated: The adjudicator's answer for each clip; read where the panel is undecided.
    """
    leading = counts.max(axis=1)
    decided = is_decided(counts, threshold)
    answers: Ints = np.where(decided & (leading > 0), counts.argmax(axis=1), adjudicated)
    return answers


def is_decided(counts: Floats, threshold: int) -> Bools:
    """Return whether one answer alone leads with enough votes."""
    leading = counts.max(axis=1)
    alone = (counts == leading[:, None]).sum(axis=1) == 1
    decided: Bools = alone & (leading >= threshold)
    return decided


def panel_instability(first: Floats, second: Floats, weights: Floats) -> float:
    """Return the share of clips for which two halves of a panel give different answers.

    A half whose leading answers are tied takes each of them equally often.

    Args:
        first: How often each answer was given in the first half, a row a clip.
        second: The same of the second half.
        weights: How many labelled clips each audited clip stands for.
    """
    same = (_leaders(first) * _leaders(second)).sum(axis=1)
    return float(1 - np.average(same, weights=weights)) if len(same) else float("nan")


def stale_reason(certificate: Certificate, digests: Mapping[str, str]) -> str | None:
    """Return why a certificate no longer holds, or None where it does.

    Args:
        certificate: The certificate.
        digests: Digests of the labels, votes and models as they are now.
    """
    if certificate.hash != content_hash(certificate):
        return "its content was changed after it was written"
    for name in DIGEST_NAMES:
        if certificate.digests.get(name) != digests.get(name):
            return f"the {name} changed after it was written"
    return None


def digest_tables(*tables: pd.DataFrame) -> str:
    """Return the digest of tables as a certificate has it, by columns and rows."""
    return digest_text("\0".join(table.to_csv(index=False) for table in tables))


def content_hash(certificate: Certificate) -> str:
    """Return the digest of a certificate's content without the hash itself."""
    content: dict[str, Any] = certificate.model_dump(mode="json", exclude={"hash"})
    return digest_json(content)


def _estimand(panel: Panel) -> str:
    return (
        f"Share of the released labels that a fresh blind panel of {panel.people} people would "
        f"change, deciding with {panel.threshold} equal answers, else by an adjudicator."
    )


def _read_frame(
    frame: pd.DataFrame, changed: pd.Series, panel: Panel, expected: Floats | None
) -> AuditedLabels:
    drawn = frame["drawn"].to_numpy(dtype=bool)
    answers = frame["clip_id"].map(changed.astype(float))
    missing = drawn & answers.isna().to_numpy()
    if missing.any():
        first = frame.loc[missing, "clip_id"].iloc[0]
        raise LabellingError(
            f"{int(missing.sum())} audited clips have no panel's answer, first {first}; collect "
            "the votes of the audit first"
        )
    instability = panel.instability if panel.instability == panel.instability else 1.0
    stratum = frame["stratum"] if "stratum" in frame else strata(frame)
    return AuditedLabels(
        np.asarray(stratum, dtype=np.int64),
        pd.factorize(frame["source_id"])[0].astype(np.int64),
        frame["probability"].to_numpy(dtype=np.float64),
        drawn,
        np.asarray(answers.fillna(0), dtype=np.float64),
        expected,
        instability,
    )


def _read(share: ShareEstimate) -> Interval:
    return Interval(
        estimate=round(share.estimate, DIGITS),
        low=round(share.low, DIGITS),
        high=round(share.high, DIGITS),
        clips=share.clips,
    )


def _leaders(counts: Floats) -> Floats:
    leading = (counts == counts.max(axis=1, keepdims=True)).astype(np.float64)
    shares: Floats = leading / leading.sum(axis=1, keepdims=True)
    return shares
