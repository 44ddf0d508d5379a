"""Explanations by a model, against a server that speaks OpenAI's protocol."""

import logging
from pathlib import Path

import pandas as pd
import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_explaining import (
    GOOD,
    PROMPT,
    answer_well,
    as_json,
    clip_of,
    explain,
    label_of,
    labels,
    options,
)
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.common import progress
from libra_emo.explanations.by_model import WriterStopped
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.ledger.recordings import export_answers, replay_answers
from libra_emo.llm.request.prompts import Prompt
from libra_emo.pipelines.explanation.nodes import report_explanations
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, 26)
    return folder


def test_a_second_turn_of_requests_works_with_several_processes(
    shards: Path, tmp_path: Path
) -> None:
    with serving(answer_well) as server:
        explanation = options(server.url, processes=2)
        texts, attempts, _ = explain(shards, tmp_path / "a", 6, explanation)
    assert texts["explanation"].tolist() == [GOOD.format(number) for number in range(6)]
    assert len(attempts) == 8 == len(server.arrived)


def test_a_model_says_why(
    shards: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    caplog.set_level(logging.INFO)
    with serving(answer_well) as server:
        texts, attempts, rules = explain(shards, tmp_path / "a", 26, options(server.url))
    again = {n for n in range(26) if n % 5 == 0}
    assert len(server.arrived) == 26 + len(again)
    for arrived in server.arrived:
        assert len(arrived.pictures) == 16 and arrived.seconds_of_sound == pytest.approx(0.5)
        assert arrived.key == KEY and "16 pictures" in arrived.user and "hear" in arrived.user
        assert f"words of film-{clip_of(arrived):08d}" in arrived.user
        assert f'{{"emotion": "{label_of(arrived)}"' in arrived.user
        assert "seen and heard" in arrived.user and "in English" in arrived.user
    assert texts["clip_id"].tolist() == clip_names(26)
    assert texts["label"].tolist() == labels(26)["label"].tolist(), "never changed"
    assert texts["explanation"].tolist() == [GOOD.format(n) for n in range(26)]
    assert set(texts["writer"]) == {"first"}
    counts = texts["status"].value_counts()
    assert counts.to_dict() == {"ok": 22, "repaired": 4}
    assert attempts["attempt"].value_counts().to_dict() == {1: 26, 2: len(again)}
    assert attempts["cost_usd"].iloc[0] == pytest.approx((1800 * 2 + 20 * 10) / 1e6)
    with Ledger(tmp_path / "a") as ledger:
        spent = ledger.money("explanation").spent_usd
    assert spent == pytest.approx(attempts["cost_usd"].sum())
    assert rules.set_index(["status", "rule"])["replies"]["repaired", "markdown"] == 5
    assert "first: 26 of 26, " in caplog.text and f"${spent:.2f} spent" in caplog.text
    assert "first, again: 6 of 6, " in caplog.text


def test_a_second_request_tells_what_was_wrong(shards: Path, tmp_path: Path) -> None:
    bad = [
        as_json("angry", "Her eyes are dry and her voice is flat while she looks at the floor."),
        as_json("excited", "Too short."),
        as_json("excited", "The label fits: she jumps up and claps her hands, again and again."),
    ]

    def plan(number: int, arrived: Arrived) -> Behaviour:
        return Behaviour(text=bad[number])

    with serving(plan) as server:
        texts, attempts, _ = explain(shards, tmp_path / "a", 1, options(server.url))
        assert len(server.arrived) == 3, "and no more than max_attempts"
        report, table = report_explanations(texts, attempts)
    first, second, third = (arrived.user for arrived in server.arrived)
    assert "This is request" not in first
    assert "This is request 2" in second and "another emotion (angry) than excited" in second
    assert "This is request 3" in third and "shorter than 40 characters" in third
    assert texts[["label", "status"]].values.tolist() == [["excited", "mentions_request"]]
    assert attempts["status"].tolist() == ["wrong_emotion", "too_short", "mentions_request"]
    assert report["requests"] == {"1": 1, "2": 1, "3": 1}
    assert report["passed"] == 0 and report["statuses"] == {"mentions_request": 1}
    assert set(report["failed_checks"]) == {"wrong_emotion", "too_short", "mentions_request"}
    assert report["cost_usd"] == pytest.approx(3 * (1000 * 2 + 20 * 10) / 1e6)
    assert table["attempt"].tolist() == ["1", "2", "3", "last"]
    assert table["texts"].tolist() == [1, 1, 1, 1]
    assert table["cost_usd"].iloc[-1] == pytest.approx(report["cost_usd"])


def test_texts_that_many_clips_share_are_asked_for_again(shards: Path, tmp_path: Path) -> None:
    same = "The face is turned to the other one, and the voice says “{}” with a tremble."

    def plan(number: int, arrived: Arrived) -> Behaviour:
        clip = clip_of(arrived)
        if "fit many clips" in arrived.user and clip != 3:
            return Behaviour(text=as_json(label_of(arrived), GOOD.format(clip)))
        return Behaviour(text=as_json(label_of(arrived), same.format(clip)))

    with serving(plan) as server:
        texts, attempts, _ = explain(shards, tmp_path / "a", 6, options(server.url))
        assert set(texts["status"]) == {"ok"}, "the one that kept it is alone with it now"
        assert len(server.arrived) == 12
        assert attempts.loc[attempts["attempt"] == 1, "faults"].tolist() == ["repeated"] * 6
        stubborn, _, _ = explain(
            shards, tmp_path / "b", 6, options(server.url, max_attempts=1, max_identical=5)
        )
    assert set(stubborn["status"]) == {"repeated"}


def test_a_reply_without_text_has_its_own_status(shards: Path, tmp_path: Path) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        return {
            0: Behaviour(text="", finish="content_filter"),
            1: Behaviour(text=""),
            2: Behaviour(text='{"emotion": "amazed", "expl', finish="length"),
            3: Behaviour(text="I am sorry, I cannot look at people."),
            4: Behaviour(text=as_json("neutral", "")),
        }[clip_of(arrived)]

    with serving(plan) as server:
        texts, attempts, _ = explain(shards, tmp_path / "a", 5, options(server.url, max_attempts=2))
        assert len(server.arrived) == 10
    assert texts["status"].tolist() == ["refused", "empty", "truncated", "refused", "empty"]
    assert "was not the JSON" in server.arrived[-1].user or "request 2" in server.arrived[-1].user
    assert len(attempts) == 10


def test_a_second_run_pays_for_nothing_and_says_the_same(shards: Path, tmp_path: Path) -> None:
    with serving(answer_well) as server:
        texts, attempts, _ = explain(shards, tmp_path / "a", 12, options(server.url))
        asked = len(server.arrived)
        more = explain(shards, tmp_path / "a", 12, options(server.url))
        assert len(server.arrived) == asked
        pd.testing.assert_frame_equal(texts, more[0])
        pd.testing.assert_frame_equal(attempts, more[1])
        explain(shards, tmp_path / "a", 13, options(server.url))
        assert len(server.arrived) == asked + 1, "one clip more costs one more"


def test_recorded_answers_repeat_the_texts_to_the_byte(shards: Path, tmp_path: Path) -> None:
    with serving(answer_well) as server:
        first = explain(shards, tmp_path / "a", 12, options(server.url))
    with Ledger(tmp_path / "a") as ledger:
        export_answers(ledger, tmp_path / "answers.jsonl.gz")
    replayed = options("http://127.0.0.1:9/v1", recorded_only=True, max_cost_usd=0)
    with pytest.raises(WriterStopped, match="has no recorded answer"):
        explain(shards, tmp_path / "b", 12, replayed)
    with Ledger(tmp_path / "b") as ledger:
        replay_answers(ledger, tmp_path / "answers.jsonl.gz")
    second = explain(shards, tmp_path / "b", 12, replayed)
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        one.to_parquet(tmp_path / f"{number}.1")
        other.to_parquet(tmp_path / f"{number}.2")
        assert (tmp_path / f"{number}.1").read_bytes() == (tmp_path / f"{number}.2").read_bytes()


def test_the_ceiling_holds_and_what_was_answered_is_kept(shards: Path, tmp_path: Path) -> None:
    with serving(answer_well) as server:
        little = options(server.url, {"calls_at_once": 4}, max_cost_usd=0.05)
        with pytest.raises(WriterStopped) as stopped:
            explain(shards, tmp_path / "a", 26, little)
        message = str(stopped.value)
        assert message.startswith("writer 'first': explanation.max_cost_usd is 0.05: ")
        assert "\n" not in message and KEY not in message
        paid = server.tokens[0] * 2e-6 + server.tokens[1] * 10e-6
        assert 0 < paid <= 0.05
        asked = len(server.arrived)
        texts, _, _ = explain(shards, tmp_path / "a", 26, options(server.url))
        assert len(texts) == 26 and len(server.arrived) == 32, f"{asked} of them before"


def test_a_wrong_key_stops_at_the_first_call(shards: Path, tmp_path: Path) -> None:
    bad = Behaviour("status", status=401, error={"message": f"bad {KEY}"})
    with serving(lambda number, arrived: bad) as server:
        with pytest.raises(WriterStopped, match="the key is missing or wrong") as stopped:
            explain(shards, tmp_path / "a", 26, options(server.url))
        assert len(server.arrived) == 1 and KEY not in str(stopped.value)


def test_a_failed_clip_has_a_row_and_is_asked_again(shards: Path, tmp_path: Path) -> None:
    ill = {3}

    def plan(number: int, arrived: Arrived) -> Behaviour:
        if clip_of(arrived) in ill:
            return Behaviour("status", status=400, error={"message": "bad picture"})
        return answer_well(number, arrived)

    with serving(plan) as server:
        texts, attempts, _ = explain(shards, tmp_path / "a", 4, options(server.url))
        assert texts["status"].tolist() == ["repaired", "ok", "ok", "failed"]
        assert attempts.loc[attempts["status"] == "failed", "reply"].isna().all()
        ill.clear()
        texts, attempts, _ = explain(shards, tmp_path / "a", 4, options(server.url))
        assert texts["status"].tolist() == ["repaired", "ok", "ok", "ok"]
        assert len(server.arrived) == 6 and "failed" not in set(attempts["status"])


@pytest.mark.parametrize(
    ("modalities", "there", "absent"),
    [
        (["text"], ["say what is said"], ["pictures", "heard", "hear"]),
        (["video"], ["pictures", "what is seen that"], ["words of", "heard"]),
        (["audio", "text"], ["what is heard", "words of"], ["pictures", "seen"]),
    ],
)
def test_the_request_leaves_out_what_is_absent(
    shards: Path, tmp_path: Path, modalities: list[str], there: list[str], absent: list[str]
) -> None:
    reply = Behaviour(text=as_json("excited", GOOD.format(0)))
    with serving(lambda number, arrived: reply) as server:
        explain(shards, tmp_path / "a", 1, options(server.url, {"modalities": modalities}))
    user = server.arrived[0].user
    assert all(part in user for part in there) and not any(part in user for part in absent)
    assert ("pictures" in user) == bool(server.arrived[0].pictures)


def test_a_prompt_that_cannot_ask_again_is_refused(shards: Path, tmp_path: Path) -> None:
    from libra_emo.explanations.cue_writer import ExplanationError

    prompt = Prompt(
        "{% block system %}s{% endblock %}{% block user %}{{ label }}{% endblock %}", "p.jinja"
    )
    with pytest.raises(ExplanationError, match=r"prompt p\.jinja: a second request"):
        explain(shards, tmp_path / "a", 1, options("http://127.0.0.1:9"), prompt)
    assert PROMPT.version != prompt.version


def test_a_writer_whose_every_request_fails_is_an_error_of_one_line(
    shards: Path, tmp_path: Path
) -> None:
    error = {"message": "At most 1 image may be provided"}
    with serving(lambda n, arrived: Behaviour("status", status=400, error=error)) as server:
        with pytest.raises(WriterStopped, match=r"4 of 4 questions failed.*At most 1") as raised:
            explain(shards, tmp_path / "a", 4, options(server.url))
    assert "\n" not in str(raised.value)
