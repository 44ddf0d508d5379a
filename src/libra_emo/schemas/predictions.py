"""The tables of what models predict."""

from __future__ import annotations

import pandera.pandas as pa

from libra_emo.schemas.base import Table


class Predictions(Table):
    """One row a clip; `p_<label>` columns follow, one for every label."""

    clip_id: str = pa.Field(unique=True)
    predicted: str = pa.Field(nullable=True)
    confidence: float = pa.Field(nullable=True, ge=0, le=1)
    probabilities: float | None = pa.Field(alias=r"^p_.+", regex=True, nullable=True)


class JudgedClips(Table):
    """One row a validation clip: what a round's student says, and what the best so far does."""

    clip_id: str = pa.Field(unique=True)
    source_id: str
    label: str
    predicted: str = pa.Field(nullable=True)
    best: str = pa.Field(nullable=True)


class BenchPredictions(Table):
    """One row a model and clip; `p_<label>` follow where known, `reply` where one was written."""

    model: str
    modalities: str
    clip_id: str
    source_id: str
    truth: str
    predicted: str = pa.Field(nullable=True)
    reply: str | None = pa.Field(nullable=True)
    probabilities: float | None = pa.Field(alias=r"^p_.+", regex=True, nullable=True)
