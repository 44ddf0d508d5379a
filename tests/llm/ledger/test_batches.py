import sqlite3
import time
from pathlib import Path

import pytest

from libra_emo.llm.ledger.batches import BatchEntry, Batches
from libra_emo.llm.ledger.ledger import Hold, Ledger


def entries(first: int, count: int, usd: float = 0.001) -> list[BatchEntry]:
    return [BatchEntry(f"k{n}", "{}", usd) for n in range(first, first + count)]


def test_the_time_to_begin_a_batch_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    with Ledger(tmp_path / "answers.sqlite") as ledger:
        batches, seconds = Batches(ledger, "m"), []
        for number in range(8):
            start = time.process_time()
            started = batches.begin(f"t{number}", entries(2000 * number, 2000), "v", 100.0, "now")
            seconds.append(time.process_time() - start)
            assert len(started.included) == 2000
        assert ledger.money("v").in_flight_usd == pytest.approx(16.0)
    assert min(seconds[4:]) < 3 * min(seconds[:4]) + 0.05
    assert min(seconds) < 0.4


def test_above_the_ceiling_each_question_is_looked_at_once(tmp_path: Path) -> None:
    with Ledger(tmp_path / "answers.sqlite") as ledger:
        started = Batches(ledger, "m").begin("t", entries(0, 3000), "v", 1.0, "now")
        assert (len(started.included), len(started.above_ceiling)) == (1000, 2000)


def test_the_sums_are_those_of_the_reservations(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with Ledger(path) as ledger:
        numbers = [
            ledger.claim(f"c{n}", "v", Hold(0.5, 0.2), 100.0).result().reservation or 0
            for n in range(9)
        ]
        ledger.release(numbers[0], sent=True).result()
        ledger.release(numbers[1], sent=False).result()
        batches = Batches(ledger, "m")
        batches.begin("t", entries(0, 20), "v", 100.0, "now")
        batches.finish("t", {})
        assert ledger.money("v") == pytest.approx((0.0, 3.5, 0.2))
    with Ledger(path) as ledger:
        assert ledger.money("v") == pytest.approx((0.0, 0.0, 1.6))
    with sqlite3.connect(path) as connection:
        query = (
            "SELECT budget, owner, state, COUNT(*), SUM(nanousd), SUM(lost_nanousd)"
            " FROM reservations GROUP BY budget, owner, state"
        )
        assert connection.execute(query).fetchall() == (
            connection.execute("SELECT * FROM held").fetchall()
        )
