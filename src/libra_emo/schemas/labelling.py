"""The tables of what labels are worth: soft labels, posteriors, changes, audits."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from libra_emo.schemas.base import Table


class SoftLabels(Table):
    """One row a labelled clip, with `p_<label>` for every label."""

    clip_id: str = pa.Field(unique=True)
    probabilities: float | None = pa.Field(alias=r"^p_.+", regex=True, ge=0, le=1)


class Posteriors(Table):
    """One row a labelled clip: how probable its label is, and what one more answer would bring."""

    clip_id: str = pa.Field(unique=True)
    label: str
    probability: float = pa.Field(ge=0, le=1)
    judgements: int = pa.Field(ge=0)  # people who answered
    expected_fixes: float = pa.Field(ge=0)  # labels that one more answer makes right; 0 if closed


class LabelChanges(Table):
    """One row a label that a round changed, and who did."""

    clip_id: str
    round: int = pa.Field(ge=0)
    old_label: str = pa.Field(nullable=True)
    new_label: str = pa.Field(nullable=True)
    reason: str = pa.Field(isin=("first", "posterior", "votes", "dropped"))
    decided_by: str = pa.Field(isin=("machine", "people", "simulated"))


class Audits(Table):
    """One row a labelled clip: with which probability it was drawn, and whether it was."""

    clip_id: str = pa.Field(unique=True)
    source_id: str
    label: str
    origin: str
    probability: float = pa.Field(gt=0, le=1)
    drawn: bool
    draw_seed: pd.Int64Dtype = pa.Field()
