"""A server that misbehaves in many ways: each clip gets its status, and each cent is counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.llm_clips import make_shards
from support.llm_voting import options, vote, voter
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.voting.polling import VotersStopped

OK = Behaviour()
CEILING = 3.0


def status(code: int, message: str = "it fails", **headers: str) -> Behaviour:
    return Behaviour("status", status=code, error={"message": message}, headers=headers)


def raw(body: bytes | str, **more: Any) -> Behaviour:
    return Behaviour("raw", body=body.encode() if isinstance(body, str) else body, **more)


def answer(message: Any, finish: Any = "stop", usage: Any = None) -> Behaviour:
    """Return a body that is made here, with whatever stands for the message."""
    billed = usage or {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    fields = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
    return raw(json.dumps({**fields, "choices": [choice], "usage": billed}))


def says(content: Any, finish: Any = "stop", usage: Any = None) -> Behaviour:
    return answer({"role": "assistant", "content": content}, finish, usage)


def thinking_gateway() -> Behaviour:
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 3020}
    how = says("sad;He cries.", usage=usage)
    how.usage = (1000, 2020)
    return how


# name → what the server does at the first, second, … call about the clip (the last one repeats),
# and the status of the vote
CASES: dict[str, tuple[list[Behaviour], str]] = {
    "whole": ([OK], "ok"),
    "parts": ([says([{"type": "text", "text": "sad;He "}, {"text": "cries."}])], "ok"),
    "one part": ([says({"type": "text", "text": "sad;He cries."})], "ok"),
    "strings": ([says(["sad;", "He cries."])], "ok"),
    "a number": ([says(7)], "out_of_form"),
    "half a pair": ([says("sad;He cries \ud83d.")], "ok"),
    "a line separator": ([says("sad;He\u2028cries.")], "ok"),
    "a nul": ([says("sad;He\0cries.")], "ok"),
    "a byte that is no utf-8": ([raw(json.dumps({"choices": [{"message": {"content": "sad;He cri"
        "es QQ"}, "finish_reason": "stop"}]}).encode().replace(b"QQ", b"\xff"))], "ok"),
    "a byte order mark": ([raw(b"\xef\xbb\xbf" + says("sad;He cries.").body)], "ok"),
    "plain text as its type": ([Behaviour(headers={"Content-Type": "text/plain"})], "ok"),
    "a long reply": ([says("sad;" + "He cries. " * 50_000)], "ok"),
    "no reason of the end": ([says("sad;He cries.", None)], "ok"),
    "an unknown reason": ([says("sad;He cries.", "eos_token")], "ok"),
    "a total that holds thinking": ([thinking_gateway()], "ok"),
    "no usage": ([Behaviour(usage=None)], "ok"),
    "usage below zero": ([says("sad;x y", usage={"prompt_tokens": -1})], "ok"),
    "usage in words": ([says("sad;x y", usage={"prompt_tokens": "many"})], "ok"),
    "usage that is no number": ([raw(says("sad;x y").body.replace(b"1000", b"NaN"))], "ok"),
    "usage as a list": ([says("sad;x y", usage=[1, 2])], "ok"),
    "no choices": ([raw(b'{"choices": []}')], "failed"),
    "no answer in it": ([raw(b"{}")], "failed"),
    "an error with status 200": ([raw(b'{"error": {"message": "busy"}}')], "failed"),
    "a refusal with status 200": ([raw(b'{"error": {"code": 400}}')], "failed"),
    "a page": ([Behaviour("html")], "failed"),
    "nothing": ([raw(b"")], "failed"),
    "half a body": ([raw(says("sad;x").body[:60])], "failed"),
    "a list": ([raw(b"[1]")], "failed"),
    "no message": ([answer(None)], "empty"),
    "a message that is text": ([answer("sad")], "empty"),
    "null": ([says(None)], "empty"),
    "an empty text": ([says("")], "empty"),
    "thinking apart": ([answer({"content": None, "reasoning_content": "angry"})], "empty"),
    "given up, then whole": ([says("sad;He", "abort"), OK], "ok"),
    "given up each time": ([says("sad;He", "abort")], "failed"),
    "cut without text": ([says(None, "length")], "truncated"),
    "cut in its thinking": ([says("<think>angry? He")], "truncated"),
    "filtered": ([says(None, "content_filter")], "refused"),
    "google's moderation": ([says("", "PROHIBITED_CONTENT")], "refused"),
    "zhipu's moderation": ([says("", "sensitive")], "refused"),
    "flagged with 403": ([status(403, "The input was flagged by moderation")], "refused"),
    "flagged with 451": ([status(451, "flagged as inappropriate content")], "refused"),
    "filtered with 400": ([status(400, "triggered content management policy")], "refused"),
    "a refusal beside": ([answer({"content": None, "refusal": "I can't."})], "refused"),
    "a refusal as label": ([says("neutral;I'm sorry, I can't see the video.")], "refused"),
    "forbidden once": ([status(403, "no")], "failed"),
    "too many pictures": ([status(400, "At most 1 image may be provided")], "failed"),
    "too large": ([status(413)], "failed"),
    "unprocessable": ([status(422)], "failed"),
    "500, then whole": ([status(500), OK], "ok"),
    "a bad gateway, then whole": ([status(502), OK], "ok"),
    "busy, then whole": ([status(503, **{"Retry-After": "0"}), OK], "ok"),
    "slow down, then whole": ([status(429, **{"Retry-After": "0"}), OK], "ok"),
    "cut off, then whole": ([Behaviour("cut"), OK], "ok"),
    "half, then whole": ([Behaviour("half"), OK], "ok"),
    "prose, then the form": ([says("He looks sad to me."), OK], "ok"),
    "prose each time": ([says("I'm afraid it is unclear if he is sad.")], "out_of_form"),
    "the key repeated": ([says(f"sad;The key is {KEY}.")], "ok"),
    "two choices": ([Behaviour(more={"choices": [
        {"index": n, "message": {"content": f"{label};He cries."}, "finish_reason": "stop"}
        for n, label in enumerate(("sad", "angry"))]})], "ok"),
}  # fmt: skip


def test_each_misbehaviour_costs_only_itself(tmp_path: Path) -> None:
    source = tmp_path / "shards"
    make_shards(source, len(CASES))
    cases, calls = list(CASES.values()), Counter[int]()

    def plan(number: int, arrived: Arrived) -> Behaviour:
        clip = int(arrived.user.split("words of film-")[1][:8])
        turns, _ = cases[clip]
        calls[clip] += 1
        return turns[min(calls[clip], len(turns)) - 1]

    with serving(plan) as server:
        given = [voter(server.url, "first", tries=2)]
        voting = options(server.url, given, max_cost_usd=CEILING, max_failed_share=0.6)
        votes, _ = vote(source, tmp_path / "a.sqlite", len(CASES), voting)
        account = server.tokens[0] * 2e-6 + server.tokens[1] * 10e-6
    found = dict(zip(CASES, votes["status"], strict=True))
    assert {name: (found[name], want) for name, (_, want) in CASES.items()} == {
        name: (want, want) for name, (_, want) in CASES.items()
    }
    assert set(votes["label"].dropna()) == {"sad"}
    assert not votes["reply"].str.contains(KEY).any()
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert account <= ledger.money("voting").used_usd <= CEILING
    with serving() as server:  # a second run asks only what has failed
        voting = options(server.url, [voter(server.url, "first")], max_cost_usd=CEILING)
        again, _ = vote(source, tmp_path / "a.sqlite", len(CASES), voting)
        assert len(server.arrived) == sum(want == "failed" for _, want in CASES.values())
    kept = votes["status"] != "failed"
    assert again.loc[kept, "status"].tolist() == votes.loc[kept, "status"].tolist()


@pytest.mark.parametrize("message", ["At most 1 image may be provided", "unknown parameter"])
def test_a_voter_whose_every_question_fails_is_an_error_of_one_line(
    tmp_path: Path, message: str
) -> None:
    source = tmp_path / "shards"
    make_shards(source, 5)
    with serving(lambda number, arrived: status(400, message)) as server:
        voting = options(server.url, [voter(server.url, "first")])
        with pytest.raises(VotersStopped, match=rf"5 of 5 questions failed.*{message}") as raised:
            vote(source, tmp_path / "a.sqlite", 5, voting)
    assert "\n" not in str(raised.value) and "0 answers are kept" in str(raised.value)


def test_kept_answers_are_those_that_were_answered(tmp_path: Path) -> None:
    source = tmp_path / "shards"
    make_shards(source, 6)
    plan = lambda n, arrived: OK if "film-00000000" in arrived.user else status(400)  # noqa: E731
    with serving(plan) as server:
        voting = options(server.url, [voter(server.url, "first")])
        with pytest.raises(VotersStopped, match=r"5 of 6 .* 1 answers are kept"):
            vote(source, tmp_path / "a.sqlite", 6, voting)
