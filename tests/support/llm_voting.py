"""A voting by models for tests: the node with a server behind it, callable from a child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.voting.nodes import cast_machine_votes
from libra_emo.schemas import Candidates, check
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.options import VotingOptions
from support.llm_clips import clip_names
from support.openai_server import KEY, Arrived, Behaviour

ROOT = Path(__file__).parents[2]
TAXONOMY = read_taxonomy()
NAMES = ("first", "second", "third")


def voter(url: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "kind": "llm", "model": f"openai/{name}", "api_base": url,
        "served_as": "the test server", "timeout_seconds": 10, "max_answer_tokens": 60, **more,
    }  # fmt: skip


def options(url: str, voters: list[dict[str, Any]] | None = None, **more: Any) -> VotingOptions:
    given = [voter(url, name) for name in NAMES] if voters is None else voters
    settings = {"min_agreement": min(2, len(given)), "max_cost_usd": 100, **more}
    return VotingOptions.model_validate({"voters": given, **settings})


def prices() -> PriceList:
    price = {
        "question": 2, "answer": 10, "pictures": {"rule": "fixed", "tokens": 100},
        "sound_tokens_per_second": 32, "answer_tokens": 200,
    }  # fmt: skip
    return PriceList.model_validate(
        {"date": "2026-01-01", "models": {f"openai/{name}": price for name in NAMES}}
    )


def candidates(clips: list[str]) -> pd.DataFrame:
    constants = {
        "source_id": "film", "start_s": 0.0, "end_s": 4.0, "duration_s": 4.0, "language": "en",
        "frames_sampled": 12, "frames_with_face": 12, "face_ratio": 1.0, "clip_path": "x.mp4",
    }  # fmt: skip
    table = pd.DataFrame({"clip_id": clips, "subtitle": [f"words of {c}" for c in clips]})
    return check(table.assign(**constants), Candidates)


def vote(
    shards: Path,
    ledger: Path,
    count: int,
    voting: VotingOptions,
    bench: int = 0,
    url: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = candidates(clip_names(count))
    features = table[["clip_id", "source_id", "language", "subtitle"]]
    prompt = Prompt((ROOT / "conf/base/prompts/annotate.jinja").read_text("utf-8"), "annotate")
    keys = Keys({name: KEY for name in NAMES})
    return cast_machine_votes(
        features, table[:bench], table[bench:], ShardReader(shards), Ledger(ledger, url), prompt,
        prices(), keys, TAXONOMY, voting, 7,
    )  # fmt: skip


def answer_by_clip(number: int, arrived: Arrived) -> Behaviour:
    """Answer by the clip's number: voters agree on two of three clips, and some words are odd."""
    clip = int(arrived.user.split("words of film-")[1][:8])
    label = TAXONOMY.labels[clip % 13]
    if clip % 3 == 0 and arrived.model == "second":
        label = TAXONOMY.labels[(clip + 5) % 13]
    if clip % 7 == 0 and arrived.model == "first":
        return Behaviour(text=f"**{label.upper()}**: seen in the face")
    if clip % 11 == 0 and arrived.model == "third":
        return Behaviour(text="", finish="content_filter")
    return Behaviour(text=f"{label};seen in the face of {clip}", usage=(1700, 10 + clip % 30))


def main(arguments: dict[str, Any]) -> None:
    """Vote with some arguments, and write the tables."""
    voting = VotingOptions.model_validate(arguments["voting"])
    shards, ledger = Path(arguments["shards"]), Path(arguments["ledger"])
    votes, rules = vote(shards, ledger, arguments["count"], voting, url=arguments.get("url"))
    votes.to_parquet(arguments["output"])
    rules.to_csv(arguments["rules"])
