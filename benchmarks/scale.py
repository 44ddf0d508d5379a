"""How the cost of each step grows with the number of clips. Printed, and as JSON.

Every step runs in a process of its own, at each size, on tables that are made up before the clock
starts. `growth` of a step is the exponent of its CPU time between its smallest and largest size:
1 grows as the work does. Steps that take less than a tenth of a second at the largest size have no
exponent, since their time is that of starting. Peak memory is that of the process, tables included.

    .venv/bin/python benchmarks/scale.py --json FILE [--sizes 10000 65000] [--steps NAME ...]

The JSON names `growth_max`, `growth_worst` (the step), `majority_over_crowdkit` (crowd-kit's time
for its majority vote over ours, on the same votes in the same process) and `steps`, a list with
step, clips, seconds, cpu_s, peak_mb and, for the majority vote, crowdkit_s.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from scale_media import check_all_files, open_shards
from scale_tables import (
    TAXONOMY,
    make_human_votes,
    make_ledger,
    make_machine_votes,
    name_clips,
)
from scale_texts import explain, vote_by_face, vote_by_text, vote_by_voice

from libra_emo.common.files import write_json

SIZES = (1_000, 10_000, 65_000)
MEASURABLE_S = 0.1
NOW = "2026-01-01T00:00:00+00:00"
Step = Callable[[], Any]


def main() -> None:
    """Measure every step at every size, print, and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    options.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one[0], int(chosen.one[1]))))
        return
    steps = []
    for name in chosen.steps:
        for clips in sorted(chosen.sizes):
            steps.append(measure_apart(name, clips))
            print(json.dumps(steps[-1]), flush=True)
    found = {**summarise(steps), "steps": steps}
    print(json.dumps({name: value for name, value in found.items() if name != "steps"}))
    if chosen.json:
        write_json(chosen.json, found)


def measure_apart(name: str, clips: int) -> dict[str, Any]:
    """Return the figures of a step in a process of its own."""
    command = [sys.executable, __file__, "--one", name, str(clips)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"step {name} at {clips} clips failed:\n{result.stderr}")
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return figures


def measure(name: str, clips: int) -> dict[str, Any]:
    """Return the figures of a step in this process."""
    with TemporaryDirectory() as folder:
        # a small one first, so that imports and caches are not measured
        STEPS[name](200, Path(folder) / "first")()
        step = STEPS[name](clips, Path(folder) / "second")
        start, cpu = time.monotonic(), time.process_time()
        result = step()
        figures = {
            "step": name,
            "clips": clips,
            "seconds": round(time.monotonic() - start, 4),
            "cpu_s": round(time.process_time() - cpu, 4),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
        if name == "majority_vote":
            figures["crowdkit_s"] = round(time_crowdkit(clips, result), 4)
    return figures


def summarise(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the largest growth, its step, and how far we are ahead of crowd-kit."""
    growths = {}
    for name in dict.fromkeys(step["step"] for step in steps):
        own = [step for step in steps if step["step"] == name]
        first, last = own[0], own[-1]
        if first is not last and last["cpu_s"] >= MEASURABLE_S:
            ratio = last["cpu_s"] / max(first["cpu_s"], 1e-4)
            growths[name] = math.log(ratio) / math.log(last["clips"] / first["clips"])
    worst = max(growths, key=lambda name: growths[name], default=None)
    voting = [step for step in steps if "crowdkit_s" in step]
    return {
        "growth_max": round(growths[worst], 3) if worst else None,
        "growth_worst": worst,
        "growth": {name: round(value, 3) for name, value in growths.items()},
        "majority_over_crowdkit": (
            round(voting[-1]["crowdkit_s"] / voting[-1]["cpu_s"], 1) if voting else None
        ),
    }


def time_crowdkit(clips: int, ours: pd.DataFrame) -> float:
    """Return the CPU seconds of crowd-kit's majority vote; its winners must be ours."""
    from crowdkit.aggregation import MajorityVote

    votes = make_machine_votes(name_clips(clips))
    votes = votes[votes["status"].isin(["ok", "repaired"])]
    table = votes[["clip_id", "voter", "label"]].astype("str").astype("object")
    table = table.set_axis(["task", "worker", "label"], axis=1)
    start = time.process_time()
    theirs = MajorityVote().fit_predict(table)
    seconds = time.process_time() - start
    decided = ours[ours["label"].notna()]
    if not (theirs.reindex(decided["clip_id"]).to_numpy() == decided["label"].to_numpy()).all():
        raise SystemExit("crowd-kit has another winner where there is no tie")
    return seconds


def vote_by_majority(clips: int, folder: Path) -> Step:
    """Count three votes on each clip."""
    from libra_emo.voting.majority import majority_vote

    votes = make_machine_votes(name_clips(clips))
    return lambda: majority_vote(votes, 2)


def label(clips: int, folder: Path) -> Step:
    """Label the pool by majority, as the pipeline's node does."""
    from libra_emo.pipelines.voting.nodes import label_by_majority
    from libra_emo.voting.options import VotingOptions

    pool = name_clips(clips)
    text = ["clip_id", "voter", "label", "status"]
    votes = make_machine_votes(pool)
    votes[text] = votes[text].astype("str")
    voters = [{"name": f"voter {number}", "kind": "cue", "cue": "text"} for number in range(3)]
    options = VotingOptions.model_validate({"voters": voters})
    return lambda: label_by_majority(votes, pool, TAXONOMY, options)


def settle_votes(clips: int, folder: Path) -> Step:
    """Settle a campaign of four people on each clip."""
    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.annotation.settlement import settle
    from libra_emo.schemas import HumanVotes, check

    table = name_clips(clips)
    # every clip is settled: a threshold of one, and no ties, since all say what the first says
    campaign = Campaign.of("round_1", TAXONOMY, 4, 1)
    votes = check(make_human_votes(table, campaign.name).assign(seconds=1.0), HumanVotes)
    votes["label"] = votes.groupby("clip_id")["label"].transform("first")
    return lambda: settle(table["clip_id"], votes, campaign, round_number=1, simulated=False)


def agree(clips: int, folder: Path) -> Step:
    """Measure the agreement of four people on each clip."""
    from libra_emo.annotation.agreement import measure_agreement
    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.schemas import HumanVotes, check

    campaign = Campaign.of("round_1", TAXONOMY, 4, 2)
    votes = make_human_votes(name_clips(clips), campaign.name).assign(seconds=1.0)
    checked = check(votes, HumanVotes)
    return lambda: measure_agreement(checked, campaign)


def check_scenes(clips: int, folder: Path) -> Step:
    """Check that the scenes tile their films."""
    from libra_emo.media.films.consistency import check_ledger

    sources, ledger, _ = make_ledger(name_clips(clips))
    return lambda: check_ledger(sources, ledger)


def check_kept(clips: int, folder: Path) -> Step:
    """Check that ledger, candidates and the index of shards agree."""
    from libra_emo.media.films.consistency import check_clips

    _, ledger, kept = make_ledger(name_clips(clips))
    index = kept[["clip_id"]].assign(shard=kept["source_id"] + ".tar")
    return lambda: check_clips(ledger, kept, index)


def begin_batch(clips: int, folder: Path) -> Step:
    """Record a batch that asks about each clip, and reserve its money."""
    from libra_emo.llm.ledger.batches import BatchEntry, Batches
    from libra_emo.llm.ledger.ledger import Ledger

    folder.mkdir()
    entries = [BatchEntry(f"{number:064x}", "{}", 0.001) for number in range(clips)]

    def step() -> None:
        with Ledger(folder / "answers.sqlite") as ledger:
            batches = Batches(ledger, "a model")
            for start in range(0, clips, 2_000):
                batches.begin(f"b{start}", entries[start : start + 2_000], "voting", 1e9, NOW)

    return step


def add_answers(clips: int, folder: Path) -> Step:
    """Add an answer for each clip to the ledger."""
    from libra_emo.llm.ledger.answers import RecordedAnswer
    from libra_emo.llm.ledger.ledger import Ledger

    folder.mkdir()
    answers = [
        RecordedAnswer(f"{number * 7919 % clips:064x}", "{}", "answered", "happy", "stop")
        for number in range(clips)
    ]

    def step() -> None:
        with Ledger(folder / "answers.sqlite") as ledger:
            ledger.add(answers)

    return step


def find_answers(clips: int, folder: Path) -> Step:
    """Find the answer of each clip in the ledger."""
    from libra_emo.llm.ledger.ledger import Ledger

    add_answers(clips, folder)()
    keys = [f"{number:064x}" for number in range(clips)]

    def step() -> None:
        with Ledger(folder / "answers.sqlite") as ledger:
            if len(ledger.find(keys)) != clips:
                raise SystemExit("answers are missing in the ledger")

    return step


def score(clips: int, folder: Path) -> Step:
    """Score one model's predictions of all clips, with intervals."""
    from scale_tables import LABELS, draw_answers

    from libra_emo.evaluation.intervals import score_with_intervals

    table = name_clips(clips)
    truth = LABELS[draw_answers(clips, 3)].tolist()
    predicted = LABELS[draw_answers(clips, 4)].tolist()
    films = table["source_id"].tolist()
    return lambda: score_with_intervals(truth, predicted, films, TAXONOMY)


STEPS: dict[str, Callable[[int, Path], Step]] = {
    "majority_vote": vote_by_majority,
    "label_by_majority": label,
    "settle": settle_votes,
    "agreement": agree,
    "check_ledger": check_scenes,
    "check_clips": check_kept,
    "open_shards": open_shards,
    "check_files": check_all_files,
    "text_voter": vote_by_text,
    "face_voter": vote_by_face,
    "voice_voter": vote_by_voice,
    "cue_explanations": explain,
    "begin_batch": begin_batch,
    "ledger_add": add_answers,
    "ledger_find": find_answers,
    "score_with_intervals": score,
}


if __name__ == "__main__":
    main()
