"""Does the certificate hold, how fast is it, and what does Dawid-Skene cost? Printed, and as JSON.

Coverage: in every world, with 10, 20 and 40 films, at the first and at the fifth look, in how many
simulated datasets the interval holds what fresh panels change, overall and for all classes at once.
The floor: the same for a stratum sampled at 2 %, with and without the variance floor. Size: the
selection and the certificate of a round at 65,000 clips, and Dawid-Skene on a million votes.

    .venv/bin/python benchmarks/certificate.py --json FILE [--datasets 100] [--worlds base,worst]
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.common.files import write_json
from libra_emo.labelling.aggregation import dawid_skene
from libra_emo.labelling.audit import AuditOptions, draw_audit
from libra_emo.labelling.certificate import CertificateOptions, Panel, certify
from libra_emo.labelling.estimation import AuditedLabels, estimate_share
from libra_emo.labelling.labels import release_labels
from libra_emo.labelling.machines import MachineVotes
from libra_emo.labelling.posterior import fit_posterior
from libra_emo.labelling.power import clips_for_width, clips_to_certify
from libra_emo.labelling.query_strategies import (
    AskingOptions,
    Candidates,
    class_weights,
    expected_gain,
    select,
)
from libra_emo.labelling.votes import Votes
from libra_emo.simulation.coverage import Design, simulate_coverage
from libra_emo.simulation.people import draw_people
from libra_emo.simulation.population import draw_population
from libra_emo.simulation.student import cross_fit
from libra_emo.simulation.worlds import WORLDS
from libra_emo.taxonomy import read_taxonomy

FILMS = (10, 20, 40)
LOOKS = (1, 5)
LARGE = 65_000


def main() -> None:
    """Measure, print, and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--datasets", type=int, default=100)
    options.add_argument("--worlds", default=",".join(WORLDS))
    chosen = options.parse_args()
    found: dict[str, Any] = {
        "large": measure_large(),
        "dawid_skene": measure_dawid_skene(),
        "power": {
            "certify_10_at_5": clips_to_certify(0.1, 0.05),
            "width": clips_for_width(0.02, 0.1),
        },
        "variance_floor": {
            "with": float(floor_coverage(True, chosen.datasets)),
            "without": float(floor_coverage(False, chosen.datasets)),
        },
    }
    for name, value in found.items():
        print(f"{name}: {value}", flush=True)
    found["coverage"] = [
        row
        for world in chosen.worlds.split(",")
        for films in FILMS
        for row in measure_coverage(world, films, chosen.datasets)
    ]
    if chosen.json:
        write_json(chosen.json, found)


def measure_coverage(world: str, films: int, datasets: int) -> list[dict[str, Any]]:
    """Return a row a look: in how many datasets the intervals hold."""
    taxonomy = read_taxonomy()
    runs = [
        simulate_coverage(WORLDS[world], taxonomy, Design(films=films), seed, LOOKS)
        for seed in range(datasets)
    ]
    rows = []
    for look in LOOKS:
        of_look = [run[look] for run in runs]
        row = {
            "world": world,
            "films": films,
            "look": look,
            "datasets": datasets,
            "overall": sum(one.overall for one in of_look),
            "by_label": sum(one.by_label for one in of_look),
            "width": round(float(np.mean([one.width for one in of_look])), 4),
            "share": round(float(np.mean([one.share for one in of_look])), 4),
        }
        print(row, flush=True)
        rows.append(row)
    return rows


def floor_coverage(variance_floor: bool, datasets: int) -> float:
    """Return how often a 95 % interval holds where a large stratum is sampled at 2 %."""
    held = 0
    for seed in range(datasets):
        draw = np.random.default_rng(seed)
        stratum = draw.integers(2, size=2000)
        shares, chances = np.array([0.03, 0.4])[stratum], np.array([0.02, 0.5])[stratum]
        audited = AuditedLabels(
            stratum,
            draw.integers(20, size=2000),
            chances,
            draw.random(2000) < chances,
            (draw.random(2000) < shares).astype(float),
        )
        found = estimate_share(audited, 0.05, variance_floor=variance_floor)
        held += found.low <= shares.mean() <= found.high
    return held / datasets


def measure_large() -> dict[str, float]:
    """Return seconds and memory of a round's selection and certificate, student aside."""
    population = draw_population(WORLDS["base"], read_taxonomy(), LARGE, 1)
    people = draw_people(population, 1, most=4)
    labels = population.voters[:, 0]
    student = cross_fit(population.seen, labels, population.film, len(population.labels))
    asked = np.repeat(np.arange(0, LARGE, 2), 2)
    turn = np.tile([0, 1], LARGE // 2)
    votes = Votes(asked, people.persons[asked, turn], people.answers[asked, turn])
    start = time.monotonic()
    posterior = fit_posterior(
        MachineVotes(student, population.voters, population.neighbours), votes, people.count
    )
    options, judgements = AskingOptions(), np.bincount(votes.clip, minlength=LARGE)
    candidates = Candidates(
        labels, student, votes, posterior, judgements, np.ones(LARGE), population.draws
    )
    chosen = select(expected_gain(candidates, options), LARGE // 10)
    probabilities = posterior.probabilities
    none = np.zeros(LARGE, dtype=bool)
    released = release_labels(
        probabilities, class_weights(probabilities, options), labels, none, none
    )
    selection = time.monotonic() - start
    certificate_s = time_certificate(population.film, released, probabilities, judgements > 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "clips": LARGE,
        "votes": len(asked),
        "selected": len(chosen),
        "selection_s": round(selection, 2),
        "certificate_s": round(certificate_s, 2),
        "peak_gib": round(peak, 2),
    }


def time_certificate(film: Any, released: Any, probabilities: Any, by_people: Any) -> float:
    """Return the seconds that drawing an audit of all clips and its certificate take."""
    names = np.array(read_taxonomy().labels)
    ids = [f"clip_{number}" for number in range(len(released))]
    labels = pd.DataFrame(
        {
            "clip_id": ids,
            "label": names[released],
            "origin": np.where(by_people, "people", "machine"),
        }
    )
    start = time.monotonic()
    doubt = 1 - probabilities[np.arange(len(released)), released]
    sources = pd.Series([f"film_{number}" for number in film], index=ids)
    frame = draw_audit(labels, sources, doubt, AuditOptions(), seed=1, round_number=1)
    drawn = frame.loc[frame["drawn"], "clip_id"]
    changed = pd.Series(np.random.default_rng(1).random(len(drawn)) < 0.2, index=drawn)
    certify(
        frame, changed, Panel(people=4, threshold=2, instability=0.4), CertificateOptions(),
        look=1, judgements=4 * len(drawn), expected=doubt,
        digests={"labels": "", "votes": "", "models": ""},
    )  # fmt: skip
    return time.monotonic() - start


def measure_dawid_skene(votes: int = 1_000_000) -> dict[str, float]:
    """Return the CPU seconds of Dawid-Skene on random votes for 13 labels."""
    draw = np.random.default_rng(1)
    clips, people = votes // 4, 200
    truth = draw.integers(13, size=clips)
    clip, person = draw.integers(clips, size=votes), draw.integers(people, size=votes)
    right = draw.random(votes) < np.linspace(0.4, 0.9, people)[person]
    answer = np.where(right, truth[clip], draw.integers(13, size=votes))
    start = time.process_time()
    found = dawid_skene(Votes(clip, person, answer), clips, 13)
    return {
        "votes": votes,
        "cpu_s": round(time.process_time() - start, 2),
        "steps": found.steps,
        "accuracy": round(float((found.probabilities.argmax(axis=1) == truth).mean()), 4),
    }


if __name__ == "__main__":
    main()
