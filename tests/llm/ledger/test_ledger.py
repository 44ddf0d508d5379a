import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer


def hold(usd: float) -> Hold:
    return Hold(usd, usd)


def answer(key: str, cost: float = 0.25, status: str = "answered") -> RecordedAnswer:
    return RecordedAnswer(key, "{}", status, "sad;x", "stop", cost_usd=cost)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep/answers.sqlite"


def test_an_answer_is_kept_and_not_asked_again(path: Path) -> None:
    with Ledger(path) as ledger:
        claim = ledger.claim("k", "voting", hold(1.0), 10.0).result()
        assert claim.state == "granted" and claim.reservation is not None
        assert ledger.money("voting") == (0.0, 1.0, 0.0)
        ledger.settle(claim.reservation, answer("k")).result()
        assert ledger.money("voting") == (0.25, 0.0, 0.0)
    with Ledger(path) as ledger:
        assert ledger.claim("k", "voting", hold(1.0), 10.0).result().state == "answered"
        assert ledger.find(["k", "other"]) == {"k": answer("k")}


def test_a_failed_one_is_asked_again_and_its_answer_replaces_it(path: Path) -> None:
    with Ledger(path) as ledger:
        first = ledger.claim("k", "voting", hold(1.0), 10.0).result()
        ledger.settle(first.reservation, answer("k", 0, "failed"), billed=False).result()
        assert ledger.find(["k"])["k"].status == "failed"
        assert list(ledger.answers()) == []
        second = ledger.claim("k", "voting", hold(1.0), 10.0).result()
        assert second.state == "granted"
        ledger.settle(second.reservation, answer("k")).result()
        assert list(ledger.answers()) == [answer("k")]
        assert ledger.money("voting").committed_usd == 0.25


def test_what_is_in_flight_counts_against_the_ceiling(path: Path) -> None:
    with Ledger(path) as ledger:
        states = [ledger.claim(f"k{n}", "voting", hold(0.3), 1.0).result().state for n in range(5)]
        assert states == ["granted", "granted", "granted", "wait", "wait"]
        assert ledger.claim("k9", "explanation", hold(0.3), 1.0).result().state == "granted"
        ledger.release(1, sent=False).result()
        assert ledger.claim("k4", "voting", hold(0.3), 1.0).result().state == "granted"


def test_a_call_waits_only_for_calls_that_may_leave_it_enough(path: Path) -> None:
    with Ledger(path) as ledger:
        first = ledger.claim("k1", "voting", hold(0.8), 1.0).result()
        assert ledger.claim("k2", "voting", hold(0.3), 1.0).result().state == "wait"
        assert ledger.claim("k3", "voting", hold(1.1), 1.0).result().state == "ceiling"
        ledger.settle(first.reservation, answer("k1", 0.75)).result()
        assert ledger.claim("k2", "voting", hold(0.3), 1.0).result().state == "ceiling"
        assert ledger.claim("k2", "voting", hold(0.25), 1.0).result().state == "granted"


def test_less_than_was_held_is_lost_where_the_end_is_unknown(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.claim("closed", "voting", Hold(3.0, 0.25), 10.0).result()
        sent = ledger.claim("sent", "voting", Hold(3.0, 0.25), 10.0).result()
        assert ledger.money("voting") == (0.0, 6.0, 0.0)
        ledger.release(sent.reservation, sent=True).result()
        assert ledger.money("voting") == (0.0, 3.0, 0.25)
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (0.0, 0.0, 0.5)


def test_a_ledger_of_an_older_version_goes_on(path: Path) -> None:
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as old, old:
        for name in ("held_more", "held_less", "held_else"):
            old.execute(f"DROP TRIGGER {name}")
        old.execute("DROP TABLE held")
        old.execute("ALTER TABLE reservations DROP COLUMN lost_nanousd")
        old.execute("ALTER TABLE answers DROP COLUMN logprobs")
        old.execute("INSERT INTO reservations VALUES (1, 'k', 'voting', 2000000000, 'x', 'lost')")
        old.execute("PRAGMA user_version=3")
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (0.0, 0.0, 2.0)
        assert ledger.claim("k", "voting", Hold(3.0, 0.25), 10.0).result().state == "granted"
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (0.0, 0.0, 2.25)


def test_a_call_whose_end_is_unknown_stays_reserved_and_may_be_asked_again(path: Path) -> None:
    with Ledger(path) as ledger:
        claim = ledger.claim("k", "voting", hold(1.0), 10.0).result()
        ledger.settle(claim.reservation, answer("k", 0, "failed"), billed=None).result()
        assert ledger.money("voting") == (0.0, 0.0, 1.0)
        assert ledger.claim("k", "voting", hold(1.0), 10.0).result().state == "granted"
        assert ledger.money("voting").committed_usd == 2.0


def test_one_question_is_in_flight_once(path: Path) -> None:
    with Ledger(path) as one, Ledger(path) as two:
        assert one.claim("k", "voting", hold(1.0), 10.0).result().state == "granted"
        assert two.claim("k", "voting", hold(1.0), 10.0).result().state == "taken"
        assert one.claim("k", "voting", hold(1.0), 10.0).result().state == "taken"
        assert two.money("voting") == (0.0, 1.0, 0.0)


def test_closing_marks_open_calls_lost(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.claim("k", "voting", hold(1.0), 10.0).result()
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (0.0, 0.0, 1.0)


def test_the_claim_of_a_killed_process_is_free_and_its_money_lost(path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from libra_emo.llm.ledger.ledger import Hold, Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "assert ledger.claim('k', 'voting', Hold(9.0, 1.0), 10.0).result().state == 'granted'\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert ended.returncode == -9
    with Ledger(path) as ledger:
        assert ledger.money("voting") == (0.0, 0.0, 1.0)
        other = ledger.claim("other", "voting", hold(8.0), 10.0).result()
        assert other.state == "granted", "what the dead held beyond it is free"
        ledger.release(other.reservation, sent=False).result()
        assert ledger.claim("k", "voting", hold(1.0), 10.0).result().state == "granted"
        assert ledger.money("voting") == (0.0, 1.0, 1.0)
    assert list(path.parent.glob(".*.running/*")) == []


def test_many_threads_and_two_ledgers_never_pass_the_ceiling(path: Path) -> None:
    with Ledger(path) as one, Ledger(path) as two, ThreadPoolExecutor(16) as pool:

        def call(number: int) -> float:
            ledger = (one, two)[number % 2]
            claim = ledger.claim(f"k{number}", "voting", hold(0.05), 2.0).result()
            if claim.reservation is None:
                return 0.0
            cost = 0.01 + 0.04 * (number % 3) / 2
            ledger.settle(claim.reservation, answer(f"k{number}", cost)).result()
            return cost

        spent = sum(pool.map(call, range(200)))
        assert 1.9 < spent <= 2.0 + 1e-9
        assert one.money("voting").spent_usd == pytest.approx(spent)
        assert len(list(two.answers())) == len(one.find(f"k{n}" for n in range(200)))


def test_work_that_nobody_waits_for_any_more_harms_nothing(path: Path) -> None:
    with Ledger(path) as ledger:
        given_up = [ledger.claim(f"k{number}", "voting", hold(0.01), 10.0) for number in range(300)]
        cancelled = sum(future.cancel() for future in given_up)
        assert cancelled > 0
        assert (
            ledger.claim("last", "voting", hold(0.01), 10.0).result(timeout=20).state == "granted"
        )
        assert ledger.money("voting").in_flight_usd == pytest.approx(0.01 * (301 - cancelled))


def test_what_is_no_ledger_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "answers.sqlite").write_text(
        "a text of some length, which is no database at all" * 9
    )
    with pytest.raises(LedgerError, match=r"answers\.sqlite: cannot be opened as a ledger"):
        Ledger(tmp_path / "answers.sqlite")
