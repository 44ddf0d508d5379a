import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.store import VoteStore
from libra_emo.labelling.query_strategies import AskingOptions
from libra_emo.labelling.votes import LabellingError
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.voting.nodes import (
    VotingError,
    cast_machine_votes,
    collect_round_0_votes,
    label_by_majority,
    merge_round_0,
)
from libra_emo.schemas import (
    Candidates,
    MachineVotes,
    Queue,
    RoundLabels,
    TableError,
    check,
    empty,
)
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.voters import build_voters

TAXONOMY = read_taxonomy()
OPTIONS = VotingOptions()
LOOP = ActiveLearningOptions()
STEPS = ActiveLearningOptions(query_strategy="expected_gain", sequential=True)
LINES = ("I am so happy!", "How dare you, get out!", "I miss her, I cried.", "Is it blue?")


def clip_names(count: int) -> list[str]:
    return [f"c{place:02d}" for place in range(count)]


def candidates(clips: list[str]) -> pd.DataFrame:
    start = np.arange(len(clips)) * 5.0
    table = pd.DataFrame({"clip_id": clips, "start_s": start, "end_s": start + 5})
    constants = {"source_id": "film", "duration_s": 5.0, "subtitle": "Yes.", "language": "en"}
    faces = {"frames_sampled": 15, "frames_with_face": 15, "face_ratio": 1.0}
    return check(table.assign(**constants, **faces, clip_path="x.mp4"), Candidates)


def features(clips: list[str]) -> pd.DataFrame:
    random = np.random.default_rng(2)
    table = pd.DataFrame({"clip_id": clips, "source_id": "film", "language": "en"})
    table["subtitle"] = [LINES[place % len(LINES)] for place in range(len(clips))]
    for voter in build_voters(OPTIONS, TAXONOMY):
        for column in getattr(getattr(voter, "profiles", None), "columns", ()):
            table[column] = random.normal(size=len(clips))
    return table


def machine_votes(labels: dict[str, tuple[str | None, str | None, str | None]]) -> pd.DataFrame:
    rows = [
        {"clip_id": clip, "voter": voter.name, "label": label}
        for clip, given in labels.items()
        for voter, label in zip(OPTIONS.voters, given, strict=True)
    ]
    table = pd.DataFrame(rows)
    table["status"] = np.where(table["label"].isna(), "abstained", "ok")
    for column in set(empty(MachineVotes).columns) - set(table.columns):
        table[column] = None
    return check(table, MachineVotes)


VOTES = {
    "c00": ("happy", "happy", "sad"),
    "c01": ("happy", "sad", "angry"),
    "c02": (None, "sad", "sad"),
    "c03": (None, None, "sad"),
    "c04": ("angry", "angry", "angry"),
}


def truth(clips: pd.DataFrame, label: str = "sad") -> pd.DataFrame:
    return clips[["source_id", "start_s", "end_s"]].assign(label=label)


def ask(
    queue: pd.DataFrame,
    annotators: str,
    store: VoteStore,
    sample_truth: pd.DataFrame | None,
    loop: ActiveLearningOptions = LOOP,
) -> pd.DataFrame:
    return collect_round_0_votes(
        queue,
        machine_votes(VOTES),
        TAXONOMY,
        OPTIONS,
        loop,
        AnnotationOptions(),
        annotators=annotators,  # type: ignore[typeddict-item]
        annotation_store=store,
        sample_truth=sample_truth,
        candidates=candidates(clip_names(5)),
        seed=7,
    )


@pytest.fixture
def store(tmp_path: object) -> VoteStore:
    return VoteStore(f"sqlite:///{tmp_path}/votes.db")


def cast(
    table: pd.DataFrame, bench: pd.DataFrame, pool: pd.DataFrame, folder: Path
) -> pd.DataFrame:
    ledger = Ledger(folder / "answers.sqlite")
    prompt = Prompt("{% block system %}{% endblock %}{% block user %}{% endblock %}", "x")
    prices = PriceList(date=datetime.date(2026, 1, 1))
    source = ShardReader(folder)
    votes, rules = cast_machine_votes(
        table, bench, pool, source, ledger, prompt, prices, Keys(), TAXONOMY, OPTIONS, 7
    )
    assert list(rules.columns) == ["status", "rule", "replies", "example"] and rules.empty
    return votes


def test_every_clip_of_pool_and_bench_gets_one_row_a_voter(tmp_path: Path) -> None:
    clips = clip_names(12)
    table = candidates(clips)
    votes = cast(features(clips), table.iloc[:3], table.iloc[3:10], tmp_path)
    pd.testing.assert_frame_equal(votes, check(votes, MachineVotes))
    keys = list(zip(votes["clip_id"], votes["voter"], strict=True))
    expected = [(clip, voter) for clip in clips[:10] for voter in ("face", "text", "voice")]
    assert keys == expected, "sorted, and the two withheld clips are left out"
    text = votes[votes["voter"] == "text"].set_index("clip_id")["label"]
    assert list(text.iloc[:3]) == ["happy", "angry", "sad"]


def test_a_clip_without_features_is_an_error(tmp_path: Path) -> None:
    table = candidates(clip_names(4))
    with pytest.raises(VotingError, match=r"1 of 4 clips have no features, the first is c03"):
        cast(features(clip_names(3)), table[:1], table[1:], tmp_path)


def test_two_of_three_make_a_label_and_the_rest_is_queued() -> None:
    labels, queue = label_by_majority(
        machine_votes(VOTES), candidates(clip_names(5)), TAXONOMY, OPTIONS
    )
    assert labels.to_dict("list") == {
        "clip_id": ["c00", "c02", "c04"],
        "label": ["happy", "sad", "angry"],
        "origin": ["machine"] * 3,
        "support": [2, 2, 3],
        "votes": [3, 2, 3],
        "round": [0] * 3,
    }
    pd.testing.assert_frame_equal(labels, check(labels, RoundLabels))
    pd.testing.assert_frame_equal(queue, check(queue, Queue))
    assert list(queue["clip_id"]) == ["c01", "c03"]
    assert queue[["current_label", "predicted", "confidence"]].isna().all(axis=None)


def test_the_bench_gets_no_label() -> None:
    labels, queue = label_by_majority(
        machine_votes(VOTES), candidates(clip_names(5))[1:], TAXONOMY, OPTIONS
    )
    assert "c00" not in {*labels["clip_id"], *queue["clip_id"]}


def test_a_voter_that_stopped_is_an_error() -> None:
    votes = machine_votes(VOTES)
    stopped = votes[(votes["voter"] != "voice") | (votes["clip_id"] < "c03")]
    with pytest.raises(VotingError, match=r"'voice' has no row for 2 of 5 clips.*c03"):
        label_by_majority(stopped, candidates(clip_names(5)), TAXONOMY, OPTIONS)


def test_a_label_that_the_taxonomy_lacks_is_an_error() -> None:
    votes = machine_votes({"c00": ("bored", "bored", "sad")})
    with pytest.raises(TableError, match="'bored' is not a label"):
        label_by_majority(votes, candidates(clip_names(1)), TAXONOMY, OPTIONS)


@pytest.mark.parametrize("decided", [True, False])
def test_all_clips_decided_or_none(decided: bool, store: VoteStore) -> None:
    clips = candidates(clip_names(5))
    given = ("sad", "sad", None) if decided else ("sad", "happy", None)
    votes = machine_votes(dict.fromkeys(clip_names(5), given))
    labels, queue = label_by_majority(votes, clips, TAXONOMY, OPTIONS)
    assert (len(labels), len(queue)) == ((5, 0) if decided else (0, 5))
    people = ask(queue, "simulated", store, truth(clips))
    merged, dropped = merge(labels, queue, people, clips)
    assert len(merged) + len(dropped) == 5


def merge(
    majority: pd.DataFrame,
    queue: pd.DataFrame,
    people: pd.DataFrame,
    clips: pd.DataFrame,
    loop: ActiveLearningOptions = LOOP,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return merge_round_0(
        *(majority, queue, people, machine_votes(VOTES), clips),
        *("simulated", TAXONOMY, OPTIONS, loop),  # type: ignore[arg-type]
    )


def test_simulated_answers_join_the_machines_and_everything_balances(store: VoteStore) -> None:
    clips = candidates(clip_names(5))
    majority, queue = label_by_majority(machine_votes(VOTES), clips, TAXONOMY, OPTIONS)
    people = ask(queue, "simulated", store, truth(clips))
    labels, dropped = merge(majority, queue, people, clips)
    origins = dict(zip(labels["clip_id"], labels["origin"], strict=True))
    assert {clip: origins[clip] for clip in ("c00", "c02", "c04")} == dict.fromkeys(
        ("c00", "c02", "c04"), "machine"
    )
    assert all(origins.get(clip, "simulated") == "simulated" for clip in ("c01", "c03"))
    assert sorted([*labels["clip_id"], *dropped["clip_id"]]) == clip_names(5)
    assert set(labels["round"]) == {0} and set(people["campaign"]) >= {"round_0"}


def test_people_are_waited_for(store: VoteStore) -> None:
    _, queue = label_by_majority(machine_votes(VOTES), candidates(clip_names(5)), TAXONOMY, OPTIONS)
    with pytest.raises(PeopleNeeded) as stop:
        ask(queue, "people", store, None)
    assert (stop.value.campaign, stop.value.waiting, stop.value.exit_code) == ("round_0", 2, 3)


def test_a_clip_of_the_pool_that_vanished_is_an_error(store: VoteStore) -> None:
    clips = candidates(clip_names(5))
    majority, queue = label_by_majority(machine_votes(VOTES), clips, TAXONOMY, OPTIONS)
    people = ask(queue, "simulated", store, truth(clips))
    with pytest.raises(VotingError, match="does not balance: the pool has 5 clips"):
        merge(majority[1:], queue, people, clips)


def test_one_annotator_after_the_other_is_asked_until_the_posterior_is_sure(
    store: VoteStore,
) -> None:
    clips = candidates(clip_names(5))
    majority, queue = label_by_majority(machine_votes(VOTES), clips, TAXONOMY, OPTIONS)
    four = ask(queue, "simulated", store, truth(clips))
    people = ask(queue, "simulated", store, truth(clips), STEPS)
    counts = people.groupby("clip_id").size()
    assert set(counts.index) == {"c01", "c03"} and counts.max() <= 4
    assert set(people["campaign"]) == {"round_0"} and len(people) <= len(four)
    assert not people.duplicated(["clip_id", "annotator"]).any()
    sure = STEPS.model_copy(update={"asking": AskingOptions(target=0.2)})
    assert ask(queue, "simulated", store, truth(clips), sure).groupby("clip_id").size().max() == 1

    labels, dropped = merge(majority, queue, people, clips, STEPS)
    assert sorted([*labels["clip_id"], *dropped["clip_id"]]) == clip_names(5)
    asked = labels[labels["clip_id"].isin(queue["clip_id"])].set_index("clip_id")
    assert set(asked["origin"]) <= {"simulated"} and set(asked["round"]) <= {0}
    given = people[people["label"] != TAXONOMY.other].groupby("clip_id")["label"].agg(set)
    said = {clip: given.get(clip, set()) | set(VOTES[clip]) for clip in asked.index}
    assert all(row["label"] in said[clip] for clip, row in asked.iterrows())


def test_clips_for_which_nobody_has_a_label_are_dropped(store: VoteStore) -> None:
    clips = candidates(clip_names(5))
    majority, queue = label_by_majority(machine_votes(VOTES), clips, TAXONOMY, OPTIONS)
    people = ask(queue, "simulated", store, truth(clips), STEPS).assign(label=TAXONOMY.other)
    twice = pd.concat([people, people.assign(annotator="somebody else")])
    labels, dropped = merge(majority, queue, twice, clips, STEPS)
    assert set(dropped["clip_id"]) == {"c01", "c03"} and set(dropped["reason"]) == {"other"}
    assert len(labels) == 3


def test_a_queue_without_clips_asks_nobody(store: VoteStore) -> None:
    clips = candidates(clip_names(5))
    majority, queue = label_by_majority(machine_votes(VOTES), clips, TAXONOMY, OPTIONS)
    decided = clips[clips["clip_id"].isin(majority["clip_id"])]
    nobody = ask(queue[:0], "simulated", store, truth(clips), STEPS)
    assert nobody.empty
    assert len(merge(majority, queue[:0], nobody, decided, STEPS)[0]) == len(majority)


def test_a_target_for_a_class_that_there_is_not_is_an_error_before_anybody_is_asked(
    store: VoteStore,
) -> None:
    _, queue = label_by_majority(machine_votes(VOTES), candidates(clip_names(5)), TAXONOMY, OPTIONS)
    loop = ActiveLearningOptions(class_targets={"sad": 0.2, "bored": 0.1})
    with pytest.raises(LabellingError, match="'bored', which is no label"):
        ask(queue, "people", store, None, loop)
    assert not store.campaigns()
