"""Replies that are requested by a schema, of servers with the protocols of all providers."""

import json
import logging
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_voting import ROOT, TAXONOMY, candidates
from support.openai_server import KEY, Arrived, Behaviour, OpenAIServer, serving
from support.provider_servers import AnthropicServer, GoogleServer, sent_enums

from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.ledger.recordings import export_answers, replay_answers
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.voting.llm_voter import LlmVoter
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.voters import build_voters, cast_votes

COUNT = 4
ENUM = [*TAXONOMY.labels, "cannot_tell"]
PROMPT = Prompt((ROOT / "conf/base/prompts/annotate.jinja").read_text("utf-8"), "annotate")
SERVERS: dict[str, tuple[type[OpenAIServer], str]] = {
    "openai": (OpenAIServer, "openai/gpt-4o-2024-11-20"),
    "vllm": (OpenAIServer, "hosted_vllm/Qwen2.5-VL"),
    "gemini": (GoogleServer, "gemini/gemini-2.5-flash"),
    "anthropic": (AnthropicServer, "anthropic/claude-sonnet-4-6"),
}


def says(label: str, text: str = "He lowers his head.", **more: Any) -> Behaviour:
    return Behaviour(text=json.dumps({"emotion": label, "explanation": text}), **more)


def cast(
    folder: Path, server: OpenAIServer, model: str, ledger: str = "a.sqlite", **more: Any
) -> pd.DataFrame:
    own_protocol = model.startswith("anthropic/")
    voter = {
        "name": "one", "kind": "llm", "model": model, "modalities": "VT", "reply_form": "schema",
        "api_base": server.url.removesuffix("/v1") if own_protocol else server.url,
        "served_as": "the test server", "timeout_seconds": 10,
    }  # fmt: skip
    group = {name: more.pop(name) for name in ("recorded_only", "max_attempts") if name in more}
    voting = VotingOptions.model_validate(
        {"voters": [{**voter, **more}], "min_agreement": 1, "max_cost_usd": 100, **group}
    )
    price = {"question": 2, "answer": 10, "pictures": {"rule": "fixed", "tokens": 100}}
    prices = PriceList.model_validate({"date": "2026-01-01", "models": {model: price}})
    if not list(folder.glob("shards/*")):
        make_shards(folder / "shards", COUNT)
    features = candidates(clip_names(COUNT))[["clip_id", "source_id", "language", "subtitle"]]
    with Ledger(folder / ledger) as answers:
        resources = LlmResources(
            ShardReader(folder / "shards"), answers, PROMPT, prices, Keys({"one": KEY}), 7,
            lambda: "2026-01-01T00:00:00Z",
        )  # fmt: skip
        voters = build_voters(voting, TAXONOMY, resources)
        votes = cast_votes(voters, features, voting)[0]
        assert isinstance(voters[0], LlmVoter)
        pd.testing.assert_frame_equal(voters[0].vote(features), votes)
    return votes


@pytest.fixture(params=list(SERVERS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_schema_as_sent_and_the_reply_as_read(tmp_path: Path, kind: str) -> None:
    build, model = SERVERS[kind]
    replies = ["sad", "cannot_tell", "furiously bored", "angry"]

    def plan(number: int, arrived: Arrived) -> Behaviour:
        how = says(replies[int(arrived.user.split("words of film-")[1][:8])])
        return how

    server = build(plan)
    try:
        votes = cast(tmp_path, server, model)
    finally:
        server.close()
    assert len(server.arrived) == COUNT + 1, "what is no label is asked again once"
    for arrived in server.arrived:
        assert sent_enums(arrived.parameters) == [ENUM]
        assert '"emotion"' in arrived.user and "cannot_tell" in arrived.user
    assert votes["status"].tolist() == ["ok", "refused", "out_of_taxonomy", "ok"]
    assert votes["label"].tolist()[0::3] == ["sad", "angry"]
    assert votes["explanation"].tolist()[0] == "He lowers his head."


def test_a_model_without_schemas_falls_back_to_the_form_and_one_line_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        if "response_format" in arrived.parameters:
            error = {"message": "Unknown parameter: response_format"}
            return Behaviour("status", status=400, error=error)
        assert "[label];[explanation]" in arrived.user
        return Behaviour()

    server = OpenAIServer(plan)
    try:
        with caplog.at_level(logging.WARNING, "libra_emo"):
            votes = cast(tmp_path, server, "openai/old")
        assert len(server.arrived) == COUNT + 1
        again = cast(tmp_path, server, "openai/old")
        assert len(server.arrived) == COUNT + 1, "the second run knows"
        with Ledger(tmp_path / "a.sqlite") as one, Ledger(tmp_path / "b.sqlite") as two:
            export_answers(one, tmp_path / "answers.jsonl")
            replay_answers(two, tmp_path / "answers.jsonl")
        replayed = cast(tmp_path, server, "openai/old", "b.sqlite", recorded_only=True)
        assert len(server.arrived) == COUNT + 1, "so does who replays the answers"
    finally:
        server.close()
    assert votes["status"].tolist() == ["ok"] * COUNT
    lines = [record for record in caplog.records if "takes no schema" in record.getMessage()]
    assert len(lines) == 1 and "\n" not in lines[0].getMessage()
    for table in (again, replayed):
        pd.testing.assert_frame_equal(table, votes)


UNUSABLE = {
    "out_of_form": ("It is unclear if he is sad.", "it had the form of prose"),
    "ambiguous": ("sad/angry;He shouts and cries.", "it named several labels"),
    "out_of_taxonomy": ("melancholic;He looks down.", "none of the labels above"),
}


@pytest.mark.parametrize("status", UNUSABLE)
def test_a_reply_that_is_no_vote_is_asked_again_once_with_its_fault(
    tmp_path: Path, status: str
) -> None:
    reply, fault = UNUSABLE[status]

    def plan(number: int, arrived: Arrived) -> Behaviour:
        clip = int(arrived.user.split("words of film-")[1][:8])
        again = "could not be used" in arrived.user
        assert again == (fault in arrived.user)
        if clip == 0 or (clip == 1 and not again):
            return Behaviour(text=reply)
        return Behaviour(text="angry;He shouts.")

    server = OpenAIServer(plan)
    try:
        votes = cast(tmp_path, server, "openai/m", reply_form="semicolon")
        assert len(server.arrived) == COUNT + 2
        cast(tmp_path, server, "openai/m", reply_form="semicolon")
        assert len(server.arrived) == COUNT + 2, "nothing is paid for twice"
    finally:
        server.close()
    assert votes["status"].tolist() == [status, "ok", "ok", "ok"]
    assert votes["completion_tokens"].tolist() == [40, 40, 20, 20]
    assert votes["cost_usd"].tolist() == pytest.approx([0.0044, 0.0044, 0.0022, 0.0022])
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert len(list(ledger.answers())) == COUNT + 2


def test_what_asking_again_cannot_help_is_asked_once(tmp_path: Path) -> None:
    replies = {
        "refused": Behaviour(text="neutral;I'm sorry, I can't see the video."),
        "empty": Behaviour(text="..."),
        "truncated": Behaviour(text="sad;He low", finish="length"),
        "moderated": Behaviour(text="", finish="content_filter"),
    }

    def plan(number: int, arrived: Arrived) -> Behaviour:
        return list(replies.values())[int(arrived.user.split("words of film-")[1][:8])]

    with serving(plan) as server:
        votes = cast(tmp_path, server, "openai/m", reply_form="semicolon")
        assert len(server.arrived) == COUNT
    assert votes["status"].tolist() == ["refused", "empty", "truncated", "refused"]


def test_three_attempts_are_three_questions_and_no_more(tmp_path: Path) -> None:
    with serving(lambda number, arrived: says("gloomy")) as server:
        votes = cast(tmp_path, server, "openai/m", max_attempts=3)
        assert len(server.arrived) == 3 * COUNT
        cast(tmp_path, server, "openai/m", max_attempts=3)
        assert len(server.arrived) == 3 * COUNT
    assert len({arrived.user for arrived in server.arrived}) == 3 * COUNT
    assert votes["completion_tokens"].tolist() == [60] * COUNT


def test_a_question_that_does_not_differ_counts_once(tmp_path: Path) -> None:
    text = PROMPT.text.replace("{% if attempt > 2 %}", "{% if false %}")
    file = tmp_path / "own.jinja"
    file.write_text(text, encoding="utf-8")
    with serving(lambda number, arrived: says("gloomy")) as server:
        votes = cast(tmp_path, server, "openai/m", max_attempts=4, prompt_file=str(file))
        assert len(server.arrived) == 2 * COUNT
    assert votes["completion_tokens"].tolist() == [40] * COUNT


def test_a_recording_with_fewer_attempts_is_replayed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(lambda number, arrived: says("gloomy")) as server:
        votes = cast(tmp_path, server, "openai/m", max_attempts=1)
        replayed = cast(tmp_path, server, "openai/m", recorded_only=True)
        assert len(server.arrived) == COUNT
    pd.testing.assert_frame_equal(replayed, votes)
    assert "question 2 about 4 clips has no recorded answer" in caplog.text


def test_log_probabilities_become_soft_votes(tmp_path: Path) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        assert (arrived.parameters["logprobs"], arrived.parameters["top_logprobs"]) == (True, 20)
        token = {"token": "sad", "logprob": math.log(0.8)}
        other = {"token": "angry", "logprob": math.log(0.2)}
        content = [
            {"token": '{"emotion": "', "logprob": 0.0, "top_logprobs": []},
            {**token, "top_logprobs": [token, other]},
            {"token": '", "explanation"', "logprob": 0.0, "top_logprobs": []},
        ]
        message = {"role": "assistant", "content": says("sad").text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return Behaviour(more={"choices": [{**choice, "logprobs": {"content": content}}]})

    server = OpenAIServer(plan)
    try:
        votes = cast(tmp_path, server, "openai/m", logprobs=True)
    finally:
        server.close()
    assert [name for name in votes if name.startswith("p_")] == [f"p_{x}" for x in TAXONOMY.labels]
    assert votes["p_sad"].tolist() == pytest.approx([0.8] * COUNT, abs=1e-4)
    assert votes["p_angry"].tolist() == pytest.approx([0.2] * COUNT, abs=1e-4)
