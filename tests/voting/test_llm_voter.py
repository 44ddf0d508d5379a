"""Models as voters, against a server that speaks OpenAI's protocol."""

from pathlib import Path

import pandas as pd
import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_voting import ROOT, answer_by_clip, candidates, options, vote, voter
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.ledger.recordings import export_answers, replay_answers
from libra_emo.llm.request.prompts import read_prompt
from libra_emo.pipelines.voting.nodes import label_by_majority
from libra_emo.students.conversations import write_request_rows
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.llm_voter import VoterError
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.polling import VotersStopped

TAXONOMY = read_taxonomy()


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, 30)
    return folder


def test_three_models_label_clips(shards: Path, tmp_path: Path) -> None:
    with serving(answer_by_clip) as server:
        votes, rules = vote(shards, tmp_path / "a.sqlite", 30, options(server.url), bench=5)
        assert len(server.arrived) == 90
        for arrived in server.arrived:
            assert len(arrived.pictures) == 16 and arrived.seconds_of_sound == pytest.approx(0.5)
            assert arrived.key == KEY and ", ".join(TAXONOMY.labels) in arrived.user
            assert "16 pictures" in arrived.user and "0.5 seconds" in arrived.user
    assert len(votes) == 90 and list(votes["clip_id"].unique()) == clip_names(30)
    by_key = votes.set_index(["clip_id", "voter"])
    plain = by_key.loc[(clip_names(30)[4], "first")]
    assert (plain["label"], plain["status"]) == (TAXONOMY.labels[4], "ok")
    assert plain["explanation"] == "seen in the face of 4"
    assert plain["cost_usd"] == pytest.approx((1700 * 2 + 14 * 10) / 1e6)
    assert by_key.loc[(clip_names(30)[7], "first")]["status"] == "repaired"
    assert by_key.loc[(clip_names(30)[22], "third")]["status"] == "refused"
    counted = rules.set_index(["status", "rule"])["replies"]
    assert counted["repaired", "markdown"] == 5 and counted["refused", "blocked"] == 3
    labels, queue = label_by_majority(
        votes, candidates(clip_names(30))[5:], TAXONOMY, options("http://x")
    )
    assert len(labels) + len(queue) == 25 and len(labels) > 20


@pytest.mark.parametrize(
    ("modalities", "pictures", "seconds", "subtitle"),
    [(["text"], 0, 0, True), (["video"], 16, 0, False), (["audio", "text"], 0, 0.5, True)],
)
def test_only_the_modalities_are_sent(
    shards: Path,
    tmp_path: Path,
    modalities: list[str],
    pictures: int,
    seconds: float,
    subtitle: bool,
) -> None:
    with serving() as server:
        only = [voter(server.url, "first", modalities=modalities)]
        vote(shards, tmp_path / "a.sqlite", 2, options(server.url, only))
        for arrived in server.arrived:
            assert len(arrived.pictures) == pictures
            assert arrived.seconds_of_sound == pytest.approx(seconds)
            assert ("words of" in arrived.user) == subtitle
            assert ("pictures" in arrived.user) == bool(pictures)


def test_coarse_labels_and_shuffled_order(shards: Path, tmp_path: Path) -> None:
    with serving(lambda number, arrived: Behaviour(text="despairful;x")) as server:
        one = [voter(server.url, "first", modalities=["text"])]
        settings = options(server.url, one, label_set="coarse", label_order="shuffled")
        votes, _ = vote(shards, tmp_path / "a.sqlite", 12, settings)
        orders = {arrived.user.split("labels:")[1].split("\n")[1] for arrived in server.arrived}
    assert set(votes["label"]) == {"sad"} and set(votes["status"]) == {"repaired"}
    assert len(orders) > 8
    assert all(sorted(o.split(", ")) == sorted(TAXONOMY.coarse_labels) for o in orders)


def test_a_student_behind_a_server_is_asked_as_it_learnt(shards: Path, tmp_path: Path) -> None:
    prompt_file = ROOT / "conf/base/prompts/fine_tune.jinja"
    own = {"prompt_file": str(prompt_file), "reply_form": "lines", "modalities": ["video", "text"]}
    with serving(lambda number, arrived: Behaviour(text="sad\nThe eyes are wet.")) as server:
        one = [voter(server.url, "first", free=True, model="openai/ours", **own)]
        free = options(server.url, one, max_cost_usd=0)
        votes, _ = vote(shards, tmp_path / "a.sqlite", 3, free)
    assert set(votes["status"]) == {"ok"} and set(votes["label"]) == {"sad"}
    assert set(votes["explanation"]) == {"The eyes are wet."}
    prompt = read_prompt(prompt_file, "training.prompt_file")
    learnt = write_request_rows(candidates(clip_names(3)), TAXONOMY, prompt, True, "VT")
    asked = [row["messages"][0]["content"].removeprefix("<video>") for row in learnt]
    assert sorted(arrived.user for arrived in server.arrived) == asked
    assert {arrived.system for arrived in server.arrived} == {""}


def test_sequential_asks_less_and_decides_the_same(shards: Path, tmp_path: Path) -> None:
    with serving(answer_by_clip) as server:
        all_votes, _ = vote(shards, tmp_path / "a.sqlite", 30, options(server.url))
        asked = len(server.arrived)
        few, _ = vote(shards, tmp_path / "b.sqlite", 30, options(server.url, sequential=True), 3)
        asked_now = len(server.arrived) - asked
    third = few[few["voter"] == "third"]
    differ = {name for n, name in enumerate(clip_names(30)) if n % 3 == 0}
    assert set(third["clip_id"]) == differ | set(clip_names(3)), "and all of the bench"
    assert (asked, asked_now) == (90, 60 + len(third))
    columns = ["clip_id", "label"]
    pd.testing.assert_frame_equal(
        majority_vote(all_votes, 2)[columns], majority_vote(few, 2)[columns]
    )
    label_by_majority(
        few, candidates(clip_names(30)), TAXONOMY, options("http://x", sequential=True)
    )


def test_a_stopped_voter_leaves_its_answers_and_no_votes(shards: Path, tmp_path: Path) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        if arrived.model == "second":
            return Behaviour("status", status=401, error={"message": f"bad {KEY}"})
        return answer_by_clip(number, arrived)

    with serving(plan) as server:
        with pytest.raises(VotersStopped) as stopped:
            vote(shards, tmp_path / "a.sqlite", 10, options(server.url))
        assert len(server.arrived) == 21
        message = str(stopped.value)
        assert message.startswith("voter 'second': the key is missing or wrong")
        assert "20 answers are kept" in message and KEY not in message and "\n" not in message
        server.plan = answer_by_clip
        votes, _ = vote(shards, tmp_path / "a.sqlite", 10, options(server.url))
        assert len(server.arrived) == 31 and len(votes) == 30


def test_a_failed_clip_has_a_row_and_is_asked_again(shards: Path, tmp_path: Path) -> None:
    bad = Behaviour("status", status=400, error={"message": "bad picture"})
    with serving(lambda number, arrived: bad if number == 3 else Behaviour()) as server:
        one = [voter(server.url, "first", calls_at_once=1)]
        votes, _ = vote(shards, tmp_path / "a.sqlite", 6, options(server.url, one))
        assert sorted(votes["status"]) == ["failed"] + ["ok"] * 5
        assert votes.loc[votes["status"] == "failed", "label"].isna().all()
        votes, _ = vote(shards, tmp_path / "a.sqlite", 6, options(server.url, one))
        assert set(votes["status"]) == {"ok"} and len(server.arrived) == 7


def test_recorded_answers_repeat_a_labelling_to_the_byte(shards: Path, tmp_path: Path) -> None:
    with serving(answer_by_clip) as server:
        votes, _ = vote(shards, tmp_path / "a.sqlite", 12, options(server.url))
    with Ledger(tmp_path / "a.sqlite") as ledger:
        export_answers(ledger, tmp_path / "answers.jsonl.gz")
    replayed = options("http://127.0.0.1:9/v1", recorded_only=True, max_cost_usd=0)
    with pytest.raises(VotersStopped, match="has no recorded answer"):
        vote(shards, tmp_path / "b.sqlite", 12, replayed)
    with Ledger(tmp_path / "b.sqlite") as ledger:
        replay_answers(ledger, tmp_path / "answers.jsonl.gz")
    again, _ = vote(shards, tmp_path / "b.sqlite", 12, replayed)
    votes.to_parquet(tmp_path / "a.parquet")
    again.to_parquet(tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "openai/new"}, "voter 'first': model openai/new has no price"),
        ({"model": "openai/deaf"}, "voter 'first': model openai/deaf takes no audio"),
    ],
)
def test_what_cannot_work_is_refused_before_any_call(
    shards: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    message: str,
) -> None:
    from support import llm_voting

    known = llm_voting.prices()
    deaf = known["openai/first"].model_copy(update={"sound_tokens_per_second": None})
    listed = known.model_copy(update={"models": {**known.models, "openai/deaf": deaf}})
    monkeypatch.setattr(llm_voting, "prices", lambda: listed)
    with serving() as server, pytest.raises(VoterError, match=message):
        vote(
            shards,
            tmp_path / "a.sqlite",
            2,
            options(server.url, [voter(server.url, "first", **change)]),
        )
    assert not server.arrived
