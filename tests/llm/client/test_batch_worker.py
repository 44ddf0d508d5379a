import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.batch_server import serving_batches
from support.llm_clips import clip_names, make_shards
from support.llm_questions import PRICE, ask, model_settings, questions
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.llm.client import batch_worker
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.media.shards import ShardReader

COUNT = 10
CALL_USD = 1000 * 2e-6 + 20 * 10e-6


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), COUNT)


def by_batch(url: str, **more: object) -> object:
    return model_settings(url, batch=True, batch_poll_s=0.05, **more)


def rows(path: Path) -> list[tuple[object, ...]]:
    with Ledger(path) as ledger:
        return [(row.key, row.asked, row.reply, row.finish, row.status) for row in ledger.answers()]


def test_a_batch_brings_what_calls_bring_for_half_the_price(
    tmp_path: Path, source: ShardReader
) -> None:
    with serving() as server:
        settings = model_settings(server.url)
        ask(tmp_path / "calls.sqlite", [(settings, questions(source, settings, COUNT))])
        sent = sorted((a.digest, sorted(a.parameters.items()), a.system) for a in server.arrived)
    path = tmp_path / "batch.sqlite"
    with serving_batches() as server:
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (COUNT, 0, None)
        assert not server.arrived and len(server.batches) == 1
        assert (
            sorted((a.digest, sorted(a.parameters.items()), a.system) for a in server.lines) == sent
        )
        assert all(line.pictures == [(96, 64)] * 16 for line in server.lines)
        assert {line.key for line in server.lines} == {KEY}
        again = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert again.known == COUNT and len(server.batches) == 1
    assert rows(path) == rows(tmp_path / "calls.sqlite")
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (pytest.approx(COUNT * CALL_USD / 2), 0, 0)
        answer = next(ledger.answers())
        assert answer.cost_usd == pytest.approx(CALL_USD / 2) and answer.seconds is None
    for file in tmp_path.iterdir():
        assert file.is_dir() or KEY.encode() not in file.read_bytes()


def test_what_failed_or_expired_is_asked_again_next_time(
    tmp_path: Path, source: ShardReader
) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        if number == 2 and len(server.batches) == 1:
            return Behaviour("status", status=500, error={"message": f"broken {KEY}"})
        if number == 3 and len(server.batches) == 1:
            return Behaviour("status", status=400, error={"code": "content_filter"})
        return Behaviour()

    path = tmp_path / "a.sqlite"
    with serving_batches(plan) as server:
        server.ending, server.unanswered = "expired", {5, 6}
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (COUNT - 3, 3, None)
        with Ledger(path) as ledger:
            found = ledger.find(tally.keys.values())
            errors = sorted(str(row.error) for row in found.values() if row.status == "failed")
            assert errors == ["broken …", "the batch has expired", "the batch has expired"]
            filtered = [row for row in found.values() if row.finish == "content_filter"]
            assert len(filtered) == 1 and filtered[0].cost_usd == 0
            paid = COUNT - 4
            assert ledger.money("voting") == (pytest.approx(paid * CALL_USD / 2), 0, 0)
        server.ending, server.unanswered = "completed", set()
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert (tally.known, tally.answered, tally.failed) == (COUNT - 3, 3, 0)
        assert len(server.files[server.batches[list(server.batches)[1]]["input_file_id"]]) > 0
        assert len(server.lines) == COUNT - 2 + 3


def test_a_batch_that_fails_as_a_whole_stops_the_voter_and_costs_nothing(
    tmp_path: Path, source: ShardReader
) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches() as server:
        server.ending = "failed"
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert tally.stopped == "the batch has failed: the file is too odd"
        with Ledger(path) as ledger:
            assert ledger.money("voting").committed_usd == 0
        server.ending = "completed"
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert tally.answered == COUNT


def test_a_refused_batch_leaves_nothing_behind(tmp_path: Path, source: ShardReader) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches() as server:
        server.refuse_batches = 401
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert str(tally.stopped).startswith("the key is missing or wrong")
        with Ledger(path) as ledger:
            assert ledger.money("voting").committed_usd == 0


def test_a_batch_whose_id_never_came_back_is_found_again(
    tmp_path: Path, source: ShardReader
) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches() as server:
        other = by_batch(server.url, model="openai/other")
        for _ in range(3):  # so that it stands on a second page
            ask(path, [(other, questions(source, other, COUNT))])
            path = path.with_name(f"{path.stem}b.sqlite")
        server.lose_answers = True
        settings = by_batch(server.url, timeout_s=2)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert "left at work" in str(tally.stopped) and tally.answered == 0
        with Ledger(path) as ledger:
            assert ledger.money("voting").in_flight_usd > 0, "it may be billed"
        server.lose_answers, before = False, len(server.batches)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert (tally.known, tally.stopped) == (COUNT, None)
        assert len(server.batches) == before, "never submitted twice"
        with Ledger(path) as ledger:
            assert ledger.money("voting") == (pytest.approx(COUNT * CALL_USD / 2), 0, 0)


def test_the_ceiling_holds_for_batches(
    tmp_path: Path, source: ShardReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "MOST_QUESTIONS", 4)
    path, ceiling = tmp_path / "a.sqlite", 0.0105
    with serving_batches() as server:
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))], ceiling)["one"]
        spent = (server.batch_tokens[0] * 2e-6 + server.batch_tokens[1] * 10e-6) / 2
        assert 0 < tally.answered < COUNT and 0.4 * ceiling < spent <= ceiling
        assert "voting.max_cost_usd" in str(tally.stopped)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert tally.done == COUNT and tally.stopped is None
        assert len(server.batches) >= 3


def test_a_model_that_nobody_knows_yet_is_first_asked_once_as_usual(
    tmp_path: Path, source: ShardReader
) -> None:
    path = tmp_path / "a.sqlite"
    price = PRICE.model_copy(update={"context_tokens": 50_000})
    with serving_batches(lambda number, arrived: Behaviour(usage=(8000, 20))) as server:
        settings = by_batch(server.url, price=price)
        tally = ask(path, [(settings, questions(source, settings, COUNT))], 0.2)["one"]
        assert len(server.arrived) == 1 and len(server.lines) == COUNT - 1
        assert tally.answered == COUNT
        with Ledger(path) as ledger:
            call = 8000 * 2e-6 + 20 * 10e-6
            assert ledger.money("voting").spent_usd == pytest.approx(call + (COUNT - 1) * call / 2)


PROGRAM = """
import json, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind a shell's `&`
sys.path[:0] = json.loads(sys.argv[1])
from support.llm_questions import ask, model_settings, questions
from libra_emo.media.shards import ShardReader
url, shards, ledger, count = sys.argv[2:]
settings = model_settings(url, batch=True, batch_poll_s=0.05)
source = ShardReader(Path(shards))
print(ask(Path(ledger), [(settings, questions(source, settings, int(count)))])["one"].done)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_ends_while_a_batch_is_at_work_is_gone_on_with(
    tmp_path: Path, how: signal.Signals
) -> None:
    make_shards(tmp_path / "shards", COUNT)
    path = tmp_path / "a.sqlite"
    places = json.dumps([str(Path(__file__).parents[2]), *sys.path])

    def start(url: str) -> subprocess.Popen[str]:
        given = [places, url, str(tmp_path / "shards"), str(path), str(COUNT)]
        program = [sys.executable, "-c", PROGRAM, *given]
        return subprocess.Popen(program, text=True, stdout=-1, stderr=-1, env={**os.environ})

    with serving_batches() as server:
        server.looks = None
        process = start(server.url)
        deadline = time.monotonic() + 60
        while not any(batch["looked"] > 1 for batch in server.batches.values()):
            assert time.monotonic() < deadline and process.poll() is None, process.communicate()
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(how)
        process.wait(10)
        assert time.monotonic() - began < 10, "it ends at once; on a busy machine a little later"
        with Ledger(path) as ledger:
            assert ledger.money("voting").lost_usd == 0, "it is at work, not lost"
        server.looks = 1
        process = start(server.url)
        output, error = process.communicate(timeout=60)
        assert output.strip() == str(COUNT), error
        assert len(server.batches) == 1 and len(server.lines) == COUNT
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (pytest.approx(COUNT * CALL_USD / 2), 0, 0)
        assert len(list(ledger.answers())) == COUNT == len(clip_names(COUNT))


def line(reply: object, **more: object) -> str:
    """Return a line of a batch's answers; `THE_ID` stands for the id of its question."""
    choice = {"message": {"content": reply}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1000, "completion_tokens": 20}
    body = {"choices": [choice], "usage": usage, **more}
    response = {"status_code": 200, "body": body}
    return json.dumps({"custom_id": "THE_ID", "response": response}, ensure_ascii=False)


ODD_LINES = {
    "a line separator": (line("sad;He\u2028cries."), True),
    "parts": (line([{"type": "text", "text": "sad;He cries."}]), True),
    "a lone surrogate": (line("sad;He cries QQ.").replace("QQ", "\\ud83d"), True),
    "cut": (line("sad;He cries.")[:-40], False),
    "cut before its id": ("{", False),
    "a list": ("[1]", False),
    "no object": (line("x", choices=[7]), False),
    "no answer": (line("x", choices=[]), False),
    "a status in words": (line("x").replace("200", '"fine"'), False),
    "usage in words": (line("sad;He cries.", usage={"prompt_tokens": "many"}), True),
}


def test_an_odd_line_costs_only_itself(tmp_path: Path, source: ShardReader) -> None:
    path, odd = tmp_path / "a.sqlite", list(ODD_LINES.values())

    def plan(number: int, arrived: Arrived) -> Behaviour:
        return Behaviour("raw", body=odd[number][0].encode())

    with serving_batches(plan) as server:
        settings = by_batch(server.url)
        tally = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        whole = sum(kept for _, kept in odd)
        assert (tally.answered, tally.failed, tally.stopped) == (whole, COUNT - whole, None)
        account = (server.batch_tokens[0] * 2e-6 + server.batch_tokens[1] * 10e-6) / 2
        with Ledger(path) as ledger:
            assert {row.reply for row in ledger.answers() if row.reply} >= {"sad;He cries."}
            assert account <= ledger.money("voting").spent_usd, "what was billed counts"
            assert ledger.money("voting").in_flight_usd == 0
        server.plan = lambda number, arrived: Behaviour()
        again = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert (again.known, again.answered, again.failed) == (whole, COUNT - whole, 0)
