"""Labels out of measures: how far each measure stands out, and which profile that fits.

A profile says how strongly each measure is expected to stand out for a label, in robust
standard deviations from the speaker's usual. The label with the nearest profile wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from libra_emo.common.options import Options, describe_error
from libra_emo.taxonomy import Taxonomy, TaxonomyError
from libra_emo.voting.speakers import SpeakerOptions, assign_speakers, group_rows

Values = NDArray[np.float64]

MAD_TO_SD = 1.4826
SHRINKAGE_CLIPS = 5.0
"""Number of clips of a speaker that weigh as much as the whole table in the speaker's usual."""
LARGEST_DEVIATION = 3.0
BATCH_CLIPS = 4_096
SHOWN_MEASURES = 3
SHOWN_DEVIATION = 0.4


class Measure(Options):
    """Measure of a face or voice, made of columns of the features table.

    Attributes:
        columns: Column → weight; the measure is the weighted sum of the standardised columns.
        high: Words for a measure that is unusually high.
        low: Words for a measure that is unusually low.
    """

    columns: dict[str, float] = Field(min_length=1)
    high: str
    low: str


class Profiles(Options):
    """Content of a cue file.

    Attributes:
        measures: Name → measure.
        labels: Label → measure → expected deviation; a measure that is not named is expected at 0.
        intensities: Factors by which a profile may be shown weaker or stronger.
        spread: Standard deviation of a measure around a profile.
        min_share: Smallest share of the evidence with which a label wins; below it the voter
            abstains.
        min_lead: Smallest difference to the share of the next label.
        min_measured: Smallest share of the measures that must be known; below it the voter
            abstains.
        speakers: Options by which the speakers of a film are separated; without them a film counts
            as one speaker.
    """

    measures: dict[str, Measure] = Field(min_length=1)
    labels: dict[str, dict[str, float]]
    intensities: tuple[float, ...] = Field((1.0,), min_length=1)
    spread: float = Field(1.0, gt=0)
    min_share: float = Field(0.0, ge=0, le=1)
    min_lead: float = Field(0.0, ge=0, le=1)
    min_measured: float = Field(0.5, ge=0, le=1)
    speakers: SpeakerOptions | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the features table that the measures need."""
        own = [self.speakers.column] if self.speakers else []
        named = [column for measure in self.measures.values() for column in measure.columns]
        return tuple(dict.fromkeys([*named, *own]))


def read_profiles(
    content: Mapping[str, Any], taxonomy: Taxonomy, voter: str, file: str
) -> Profiles:
    """Return the profiles of a cue file's content, checked against a taxonomy.

    Raises:
        TaxonomyError: If the file is wrong, or a label of the taxonomy has no cues.
    """
    try:
        profiles = Profiles.model_validate(dict(content))
    except ValidationError as error:
        raise TaxonomyError(f"{file}: {describe_error(error)}") from error
    require_cues(profiles.labels, taxonomy, voter, file)
    for label, expected in profiles.labels.items():
        unknown = [name for name in expected if name not in profiles.measures]
        if unknown:
            raise TaxonomyError(f"{file}: labels.{label}: there is no measure {unknown[0]!r}")
    return profiles


def require_cues(given: Mapping[str, object], taxonomy: Taxonomy, voter: str, file: str) -> None:
    """Raise unless every label of the taxonomy has cues.

    Raises:
        TaxonomyError: If one has none; the message names the voter, the label and the file.
    """
    for label in taxonomy.labels:
        if label not in given:
            raise TaxonomyError(
                f"voter {voter!r} has no cues for label {label!r}; add it to {file} under `labels`"
            )


def deviations(features: pd.DataFrame, profiles: Profiles) -> Values:
    """Return how far each clip's measures stand out: robust z-scores, one row for each clip.

    The usual of a clip is the median of its speaker's clips, since a film mostly keeps its speakers
    and its recording; without separated speakers it is the median of the film. With few clips it is
    shrunk towards the median of the whole table. The unit is the table's median absolute deviation
    from those usuals, so that a film with strong feelings keeps them. Medians do not depend on the
    order of the rows. A deviation is limited to three; what was not measured is NaN.
    """
    speakers = assign_speakers(features, profiles.speakers)
    standardised = {
        column: _standardise(features[column].to_numpy(np.float64), speakers)
        for column in profiles.columns
    }
    combined = []
    for measure in profiles.measures.values():
        parts = [weight * standardised[column] for column, weight in measure.columns.items()]
        scale = np.sqrt(sum(weight**2 for weight in measure.columns.values()))
        combined.append(np.sum(parts, axis=0) / scale)
    stacked = np.stack(combined, axis=1).astype(np.float64)
    return np.clip(stacked, -LARGEST_DEVIATION, LARGEST_DEVIATION)


def _standardise(values: Values, speakers: NDArray[np.intp]) -> Values:
    known = np.isfinite(values)
    if not known.any():
        return np.full_like(values, np.nan)
    whole = float(np.median(values[known]))
    usual = np.full_like(values, whole)
    for rows in group_rows(speakers):
        own = values[rows[known[rows]]]
        if len(own):
            weight = len(own) / (len(own) + SHRINKAGE_CLIPS)
            usual[rows] = weight * float(np.median(own)) + (1 - weight) * whole
    left = np.where(known, values - usual, np.nan)
    unit = MAD_TO_SD * float(np.median(np.abs(left[known])))
    return left / unit if unit > 0 else np.where(known, 0.0, np.nan)


def shares(measured: Values, profiles: Profiles, labels: tuple[str, ...]) -> Values:
    """Return each label's share of the evidence, one row for each clip, one column for each label.

    The evidence for a label is the likelihood of the measures around its profile, averaged over
    the intensities at which it may be shown. Measures that are NaN do not count. Clips are weighed
    in batches, so that memory does not grow with their number.
    """
    names = list(profiles.measures)
    expected = np.array([[profiles.labels[y].get(name, 0.0) for name in names] for y in labels])
    scaled = np.array(profiles.intensities)[:, None, None] * expected
    found = np.empty((len(measured), len(labels)))
    for start in range(0, len(measured), BATCH_CLIPS):
        rows = slice(start, start + BATCH_CLIPS)
        found[rows] = _shares(measured[rows], scaled, profiles.spread)
    return found


def _shares(measured: Values, scaled: Values, spread: float) -> Values:
    gaps = measured[:, None, None, :] - scaled[None]
    logs = -0.5 * np.nansum((gaps / spread) ** 2, axis=3)
    top = logs.max(axis=(1, 2), keepdims=True)
    evidence = np.exp(logs - top).mean(axis=1)
    return np.asarray(evidence / evidence.sum(axis=1, keepdims=True), dtype=np.float64)


def describe(row: Values, expected: Mapping[str, float], profiles: Profiles) -> str:
    """Return in words the measures of one clip that support a profile most.

    These are the measures that stand out in the profile's direction, the strongest first. If the
    profile expects none to stand out, or none did, the text says so.
    """
    found = []
    for value, (name, measure) in zip(row, profiles.measures.items(), strict=True):
        agreement = value * expected.get(name, 0.0)
        if agreement > 0 and abs(value) >= SHOWN_DEVIATION:
            words = measure.high if value > 0 else measure.low
            found.append((-agreement, name, f"{words} ({value:+.1f} sd)"))
    if not found:
        return "nothing stands out from the usual of this film"
    return ", ".join(words for _, _, words in sorted(found)[:SHOWN_MEASURES])
