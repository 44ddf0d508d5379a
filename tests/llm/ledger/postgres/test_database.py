"""A ledger in PostgreSQL does what one in an SQLite file does."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.postgres import postgres_url  # noqa: F401 - a fixture

from libra_emo.llm.ledger.batches import BatchEntry, Batches
from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer

KEYS = ("a", "b", "c")
NOW = "2026-01-01T00:00:00+00:00"
MONEY = st.sampled_from([0.0, 0.25, 0.5])
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(0, 1), st.sampled_from(KEYS), MONEY),
        st.tuples(st.just("settle"), st.integers(0, 1), st.sampled_from(["answered", "failed"]),
                  st.sampled_from([True, False, None])),
        st.tuples(st.just("release"), st.integers(0, 1), st.booleans(), st.none()),
        st.tuples(st.just("batch"), st.integers(0, 1), st.sampled_from(KEYS), MONEY),
        st.tuples(st.just("reopen"), st.integers(0, 1), st.none(), st.none()),
        st.tuples(st.just("ratio"), st.integers(0, 1), st.sampled_from([1.5, 1.2, 3.0]), st.none()),
    ),
    max_size=14,
)  # fmt: skip


class Pair:
    """Two callers of one ledger, each with a folder of its own where they share a database."""

    def __init__(self, folders, url=None):
        self.places = [(folder / "answers.sqlite", url) for folder in folders]
        self.ledgers = [Ledger(*place) for place in self.places]
        self.open, self.batches = [], 0

    def do(self, name, who, what, more):
        """Do an operation, and return what it and the sums say."""
        ledger, found = self.ledgers[who], None
        if name == "claim":
            claim = ledger.claim(what, "voting", Hold(more, more / 2), 1.0).result()
            found = claim.state
            if claim.reservation is not None:
                self.open.append((claim.reservation, what))
        elif name == "settle" and self.open:
            number, key = self.open.pop(0)
            answer = RecordedAnswer(key, "{}", what, "sad\0;x", cost_usd=0.125, seconds=0.5)
            ledger.settle(number, answer, more).result()
        elif name == "release" and self.open:
            ledger.release(self.open.pop(0)[0], sent=what).result()
        elif name == "batch":
            found = self.batch(ledger, what, more)
        elif name == "reopen":
            ledger.close()
            self.ledgers[who] = Ledger(*self.places[who])
        elif name == "ratio":
            ledger.record_cost_overrun("m", what).result()
            ledger.record_plain("m").result()
        return found, *self.state()

    def batch(self, ledger, key, usd):
        self.batches += 1
        batches, token = Batches(ledger, "m"), f"token-{self.batches}"
        started = batches.begin(token, [BatchEntry(key, "{}", usd)], "voting", 1.0, NOW)
        batches.record_id(token, "id")
        questions = batches.questions(token)
        answers = {
            one: RecordedAnswer(one, "{}", "answered", "sad", cost_usd=usd) for one in questions
        }
        overrun = batches.finish(token, answers)
        return started, questions, overrun, batches.open()

    def state(self):
        first, second = self.ledgers
        answers = [(one.key, one.cost_usd, one.seconds) for one in first.answers()]
        return first.money("voting"), second.money("voting"), answers, second.cost_overrun("m"), (
            first.is_plain("m"), sorted(second.find(KEYS)))  # fmt: skip

    def close(self):
        for ledger in self.ledgers:
            ledger.close()


@pytest.mark.postgres
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(operations=OPERATIONS)
def test_two_callers_find_the_same_in_both_databases(postgres_url, tmp_path_factory, operations):  # noqa: F811
    home = tmp_path_factory.mktemp("ledgers")
    # a schema of its own for each example
    shared = [home / name / f"{home.name}.sqlite" for name in ("x", "y")]
    file, server = Pair([home, home]), Pair([path.parent for path in shared])
    server.close()
    server.places = [(path, postgres_url) for path in shared]
    server.ledgers = [Ledger(*place) for place in server.places]
    for operation in operations:
        assert file.do(*operation) == server.do(*operation), operation
    for pair in (file, server):
        pair.close()


HOLD = """
import sys, time
from pathlib import Path
from libra_emo.llm.ledger.ledger import Hold, Ledger
ledger = Ledger(Path(sys.argv[1]), sys.argv[2])
print(ledger.claim("k", "voting", Hold(0.75, 0.25), 1.0).result().state, flush=True)
time.sleep(600)
"""


@pytest.mark.postgres
def test_what_a_killed_caller_held_is_lost_and_its_question_free(postgres_url, tmp_path):  # noqa: F811
    arguments = [sys.executable, "-c", HOLD, str(tmp_path / "there/answers.sqlite"), postgres_url]
    with (
        subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as other,
        Ledger(tmp_path / "here/answers.sqlite", postgres_url) as ledger,
    ):
        assert other.stdout.readline() == "granted\n"
        assert ledger.claim("k", "voting", Hold(0.25, 0.25), 1.0).result().state == "taken"
        assert ledger.claim("l", "voting", Hold(0.5, 0.5), 1.0).result().state == "wait"
        assert ledger.money("voting") == (0.0, 0.75, 0.0)
        other.kill()
        other.wait()
        for _ in range(1000):
            if ledger.claim("k", "voting", Hold(0.5, 0.5), 1.0).result().state == "granted":
                break
        assert ledger.money("voting") == (0.0, 0.5, 0.25)


@pytest.mark.postgres
def test_ledgers_of_one_database_are_apart(postgres_url, tmp_path):  # noqa: F811
    with (
        Ledger(tmp_path / "answers.sqlite", postgres_url) as one,
        Ledger(tmp_path / "explanation_answers.sqlite", postgres_url) as two,
    ):
        one.add([RecordedAnswer("k", "{}", "answered", "sad")])
        assert not two.find(["k"]) and one.find(["k"])
    assert not (tmp_path / "answers.sqlite").exists()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///answers.sqlite",
        "mysql://ann:marked@db/answers",
        "postgresql+psycopg://ann:marked@db",
        "marked",
    ],
)
def test_another_url_is_refused_without_its_password(tmp_path, url):
    with pytest.raises(LedgerError, match="answer_ledger in the credentials") as raised:
        Ledger(tmp_path / "answers.sqlite", url)
    assert "mar" not in str(raised.value) and "ked" not in str(raised.value)


def test_a_server_that_is_away_is_named_without_the_login(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError, match=r"127\.0\.0\.1/answers \(schema answers\)") as raised:
        Ledger(tmp_path / "answers.sqlite", "postgresql+psycopg://ann:marked@127.0.0.1:1/answers")
    assert "marked" not in str(raised.value) and "\n" not in str(raised.value)
