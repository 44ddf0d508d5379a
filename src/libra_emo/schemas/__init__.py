"""The columns of every table, as pandera models: the contract, in one place.

Every model is strict (no other column), and puts columns into the order given here. Labels are
checked against a taxonomy by `check_labels`, since a team may bring its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from libra_emo.schemas.base import Table, TableError
from libra_emo.schemas.collecting import CollectedFilms, LicenceReadings
from libra_emo.schemas.labelling import Audits, LabelChanges, Posteriors, SoftLabels
from libra_emo.schemas.people import (
    BenchClips,
    Dropped,
    HumanVotes,
    Queue,
    Split,
    StoreRecords,
)
from libra_emo.schemas.predictions import BenchPredictions, JudgedClips, Predictions
from libra_emo.taxonomy import Taxonomy

__all__ = [
    "COUNTED_STATUSES",
    "EXPLANATION_STATUSES",
    "ORIGINS",
    "OUTCOMES",
    "PEOPLE_ORIGINS",
    "SCHEMAS",
    "VOTE_STATUSES",
    "Audits",
    "BenchClips",
    "BenchPredictions",
    "Candidates",
    "ClipLedger",
    "CollectedFilms",
    "Dropped",
    "ExplanationAttempts",
    "Explanations",
    "Features",
    "HumanVotes",
    "JudgedClips",
    "LabelChanges",
    "LicenceReadings",
    "MachineVotes",
    "Posteriors",
    "Predictions",
    "Queue",
    "RoundLabels",
    "SampleTruth",
    "SoftLabels",
    "Sources",
    "Split",
    "StoreRecords",
    "TableError",
    "check",
    "check_labels",
    "empty",
]


OUTCOMES = ("kept", "too_short", "too_long", "no_subtitle", "no_face", "unreadable", "refused")
VOTE_STATUSES = (
    *("ok", "repaired", "ambiguous", "out_of_taxonomy", "out_of_form"),
    *("refused", "empty", "truncated"),
    *("abstained", "failed"),
)
COUNTED_STATUSES = ("ok", "repaired")
PEOPLE_ORIGINS = ("people", "adjudicated", "simulated")
ORIGINS = ("machine", *PEOPLE_ORIGINS)
EXPLANATION_STATUSES = (
    # as a reply's, for those whose reply gives no text
    *("ok", "repaired", "ambiguous", "out_of_taxonomy", "out_of_form"),
    *("refused", "empty", "truncated", "failed"),
    # the first check that a text fails
    *("wrong_emotion", "too_short", "too_long", "wrong_language", "mentions_request"),
    *("label_missing", "other_label", "misquoted", "contradiction", "no_cue", "repeated"),
)


class Sources(Table):
    """One row a film."""

    source_id: str = pa.Field(unique=True)
    video_path: str
    subtitle_path: str = pa.Field(nullable=True)
    language: str = pa.Field(nullable=True)
    duration_s: float = pa.Field(nullable=True, ge=0)
    width: pd.Int64Dtype = pa.Field(nullable=True)
    height: pd.Int64Dtype = pa.Field(nullable=True)
    fps: float = pa.Field(nullable=True)
    sha256: str
    title: str = pa.Field(nullable=True)
    url: str = pa.Field(nullable=True)
    author: str = pa.Field(nullable=True)
    license: str = pa.Field(nullable=True)
    theme: str = pa.Field(nullable=True)
    # which tracks of the film and which files say what is said in it
    audio_track: pd.Int64Dtype | None = pa.Field(nullable=True)
    subtitle_track: pd.Int64Dtype | None = pa.Field(nullable=True)
    subtitle_sha256: str | None = pa.Field(nullable=True)
    subtitle_offset_seconds: float | None = pa.Field(nullable=True)
    text_language: str | None = pa.Field(nullable=True)
    translations: str | None = pa.Field(nullable=True)  # JSON: language → path and track
    warning: str | None = pa.Field(nullable=True)
    trouble: str | None = pa.Field(nullable=True)  # why there is no film to read
    outage: str | None = pa.Field(nullable=True)  # why it is out of reach now, which may pass


class ClipLedger(Table):
    """One row a scene, or a film that gave none; each ends in one outcome."""

    source_id: str
    start_s: float = pa.Field(nullable=True)
    end_s: float = pa.Field(nullable=True)
    clip_id: str = pa.Field(nullable=True)
    outcome: str = pa.Field(isin=OUTCOMES)
    detail: str = pa.Field(nullable=True)


class Candidates(Table):
    """One row a kept clip; also the form of `bench_sample`, `pool` and `withheld`."""

    clip_id: str = pa.Field(unique=True)
    source_id: str
    start_s: float = pa.Field(ge=0)
    end_s: float = pa.Field(gt=0)
    duration_s: float = pa.Field(gt=0)
    subtitle: str
    language: str = pa.Field(nullable=True)
    frames_sampled: int = pa.Field(gt=0)
    frames_with_face: int = pa.Field(ge=0)
    face_ratio: float = pa.Field(ge=0, le=1)
    clip_path: str
    # what older tables and hand-made ones may lack
    faces_most: pd.Int64Dtype | None = pa.Field(nullable=True, ge=1)  # at once, in a few frames
    face_numbers: str | None = pa.Field(nullable=True)  # JSON: [[second, faces], …]
    # JSON: [[second, top, right, bottom, left], …], shares of height and width; the largest face
    face_boxes: str | None = pa.Field(nullable=True)
    cue_cut: bool | None = pa.Field()  # a subtitle goes on beyond the clip's edges
    translations: str | None = pa.Field(nullable=True)  # JSON: language → what is said


class SampleTruth(Table):
    """One row a drawn scene: what the sample's drawer meant it to show."""

    source_id: str
    start_s: float
    end_s: float
    label: str


class MachineVotes(Table):
    """One row a clip and voter; label is null unless the status counts.

    `p_<label>` columns follow where a model gives log-probabilities.
    """

    clip_id: str
    voter: str
    label: str = pa.Field(nullable=True)
    explanation: str = pa.Field(nullable=True)
    status: str = pa.Field(isin=VOTE_STATUSES)
    reply: str = pa.Field(nullable=True)
    prompt_tokens: pd.Int64Dtype = pa.Field(nullable=True)
    completion_tokens: pd.Int64Dtype = pa.Field(nullable=True)
    cost_usd: float = pa.Field(nullable=True)
    seconds: float = pa.Field(nullable=True)
    probabilities: float | None = pa.Field(alias=r"^p_.+", regex=True, nullable=True, ge=0, le=1)


class RoundLabels(Table):
    """One row a labelled clip; also the form of `bench_labels` and `labels`."""

    clip_id: str = pa.Field(unique=True)
    label: str
    origin: str = pa.Field(isin=ORIGINS)
    support: int = pa.Field(ge=1)
    votes: int = pa.Field(ge=1)
    round: int = pa.Field(ge=0)


class Explanations(Table):
    """One row a labelled clip; a text counts where its status is `ok` or `repaired`."""

    clip_id: str = pa.Field(unique=True)
    label: str
    explanation: str = pa.Field(nullable=True)
    writer: str
    status: str = pa.Field(isin=EXPLANATION_STATUSES)


class ExplanationAttempts(Table):
    """One row a request to a model for an explanation; `faults` are the checks that failed."""

    clip_id: str
    attempt: int = pa.Field(ge=1)
    label: str
    status: str = pa.Field(isin=EXPLANATION_STATUSES)
    faults: str
    explanation: str = pa.Field(nullable=True)
    reply: str = pa.Field(nullable=True)
    prompt_tokens: pd.Int64Dtype = pa.Field(nullable=True)
    completion_tokens: pd.Int64Dtype = pa.Field(nullable=True)
    cost_usd: float = pa.Field(nullable=True)
    seconds: float = pa.Field(nullable=True)


class Features(Table):
    """One row a clip: its words, and what was measured of text, face and voice."""

    clip_id: str = pa.Field(unique=True)
    source_id: str
    language: str = pa.Field(nullable=True)
    subtitle: str
    measured: float | None = pa.Field(alias=r"^(text|face|voice)_.+", regex=True, nullable=True)


SCHEMAS: dict[str, type[Table]] = {
    model.__name__: model
    for model in (
        Sources,
        ClipLedger,
        Candidates,
        SampleTruth,
        MachineVotes,
        HumanVotes,
        StoreRecords,
        Split,
        BenchClips,
        RoundLabels,
        Dropped,
        Queue,
        Explanations,
        ExplanationAttempts,
        Predictions,
        BenchPredictions,
        JudgedClips,
        Features,
        SoftLabels,
        Posteriors,
        LabelChanges,
        Audits,
        CollectedFilms,
        LicenceReadings,
    )
}


def check(table: pd.DataFrame, schema: type[Table]) -> pd.DataFrame:
    """Return a table with the columns, types and column order of its schema.

    Raises:
        TableError: If a column is missing or too much, or a value is not allowed.
    """
    try:
        checked: pd.DataFrame = schema.to_schema().validate(table, lazy=True)
    except SchemaErrors as errors:
        case: dict[str, Any] = errors.failure_cases.iloc[0].to_dict()
        raise TableError(
            f"{schema.__name__}: column {case['column']!r} fails {case['check']!r} "
            f"(first case: {case['failure_case']!r})"
        ) from errors
    except SchemaError as error:
        raise TableError(f"{schema.__name__}: {error}") from error
    named = [name for name in _named_columns(schema) if name in checked.columns]
    rest = [name for name in checked.columns if name not in named]
    return checked[named + rest].reset_index(drop=True)


def empty(schema: type[Table]) -> pd.DataFrame:
    """Return a table of a schema without rows, and without columns that it may lack."""
    columns = schema.to_schema().columns
    needed = [name for name in _named_columns(schema) if columns[name].required]
    return check(pd.DataFrame({name: [] for name in needed}), schema)


def check_labels(labels: Iterable[object], taxonomy: Taxonomy, where: str) -> None:
    """Raise unless every label is in the taxonomy; nulls pass.

    Raises:
        TableError: Naming the first label that is not, and where it stands.
    """
    for label in dict.fromkeys(labels):
        if not pd.isna(label) and label not in taxonomy:  # type: ignore[call-overload]
            raise TableError(
                f"{where}: {label!r} is not a label of the taxonomy ({', '.join(taxonomy.labels)})"
            )


def _named_columns(schema: type[Table]) -> list[str]:
    return [name for name, column in schema.to_schema().columns.items() if not column.regex]
