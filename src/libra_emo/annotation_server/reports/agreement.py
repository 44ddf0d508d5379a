"""How far the annotators of a campaign agree, as the lead's page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from libra_emo.annotation.statistics.alpha import Estimate, estimate_alpha
from libra_emo.annotation.statistics.coincidences import (
    count_coincidences,
    fleiss_kappa,
    share_partners,
)
from libra_emo.annotation.statistics.distances import (
    coarse_distances,
    nominal_distances,
    taxonomy_distances,
)
from libra_emo.annotation_server.reports.selection import Selection
from libra_emo.taxonomy import Taxonomy

FEWEST_FILMS: Final = 20  # with fewer, a bootstrap over films says little; it goes over clips then
DRAWS: Final = 1000
FEWER_DRAWS: Final = 200
MANY_CLUSTERS: Final = 10_000
_FILM: Final = re.compile(r"([0-9a-f]{8})-\d{8,}-\d{8,}")


@dataclass(frozen=True)
class AgreementReport:
    """How far the annotators of a campaign agree.

    Attributes:
        clips: Number of clips with at least two votes.
        fine: Alpha of all answers.
        coarse: Alpha of the coarse parents.
        weighted: Alpha by the taxonomy's distances.
        clustered_by: `film` or `clip`, over which the intervals are computed.
        draws: Number of bootstrap samples.
        fleiss: Fleiss' kappa, or null where clips have different numbers of votes.
        given: Number of votes of each answer that have a partner.
        partners: For each answer the shares of the answers of a second annotator.
    """

    clips: int
    fine: Estimate
    coarse: Estimate
    weighted: Estimate
    clustered_by: str
    draws: int
    fleiss: float | None
    given: NDArray[np.float64]
    partners: NDArray[np.float64]


def report_agreement(selection: Selection, taxonomy: Taxonomy) -> AgreementReport:
    """Return how far the annotators of a campaign agree."""
    answers = selection.campaign.answers
    counts = selection.counts
    answered = counts.sum(axis=1) > 0
    films = find_films(selection.keys)
    by_film = films is not None and len(np.unique(films[answered])) >= FEWEST_FILMS
    clusters = len(np.unique(films[answered])) if by_film and films is not None else answered.sum()
    draws = DRAWS if clusters <= MANY_CLUSTERS else FEWER_DRAWS
    distances = [
        nominal_distances(len(answers)),
        coarse_distances(answers, taxonomy),
        taxonomy_distances(answers, taxonomy),
    ]
    fine, coarse, weighted = estimate_alpha(
        counts, distances, films if by_film else None, draws=draws
    )
    together = count_coincidences(counts)
    return AgreementReport(
        clips=int((counts.sum(axis=1) >= 2).sum()),
        fine=fine,
        coarse=coarse,
        weighted=weighted,
        clustered_by="film" if by_film else "clip",
        draws=draws,
        fleiss=fleiss_kappa(counts[answered]),
        given=together.sum(axis=1),
        partners=share_partners(together),
    )


def find_films(keys: Sequence[str]) -> NDArray[np.int64] | None:
    """Return the film of each clip as a number, or None if the keys do not name films."""
    matches = [_FILM.fullmatch(key) for key in keys]
    if not all(matches):
        return None
    return np.array([int(match[1], 16) for match in matches if match], dtype=np.int64)
