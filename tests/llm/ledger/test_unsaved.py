"""Answers that cannot be written are kept, whatever the reason, and written by the next run."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from libra_emo.llm.ledger import schema, unsaved
from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer
from libra_emo.llm.ledger.recordings import replay_answers

ANSWER = RecordedAnswer("k", "{}", "answered", "sad;悲 \u2028 x" * 20, "stop", cost_usd=0.25)


def test_a_locked_ledger_ends_in_one_line_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.05)
    path = tmp_path / "answers.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    with Ledger(path) as ledger:
        claim = ledger.claim("k", "voting", Hold(1.0, 0.5), 10.0).result()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match=r"locked.*kept in .*unsaved\.jsonl$") as raised:
            ledger.settle(claim.reservation or 0, ANSWER).result()
        assert "\n" not in str(raised.value)
        with pytest.raises(LedgerError, match="another program keeps it locked"):
            ledger.claim("next", "voting", Hold(1.0, 0.5), 10.0).result()
        assert ledger.money("voting").in_flight_usd == 1.0
        other.execute("ROLLBACK")
    with Ledger(path) as ledger:
        assert ledger.find(["k"]) == {"k": ANSWER}
        assert ledger.money("voting") == (0.25, 0.0, 0.0)
    assert not list(tmp_path.glob("*.unsaved*"))
    assert not list(tmp_path.glob(".*.spare"))


_FULL = """
import resource, sys
from pathlib import Path
from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer
path = Path(sys.argv[1])
with Ledger(path) as ledger:
    numbers = [
        ledger.claim(f"k{n}", "voting", Hold(1.0, 0.5), 100.0).result().reservation
        for n in range(20)
    ]
    size = max(file.stat().st_size for file in path.parent.glob("answers.sqlite*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for n, number in enumerate(numbers):
        answer = RecordedAnswer(f"k{n}", "{}", "answered", "x" * 3000, "stop", cost_usd=0.25)
        try:
            ledger.settle(number, answer).result()
        except LedgerError as error:
            print(error)
"""


def test_a_disk_that_takes_no_more_loses_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    ended = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True
    )
    lines = ended.stdout.splitlines()
    assert lines and all("Answers that were paid for are kept in" in line for line in lines)
    assert "Traceback" not in ended.stderr
    with Ledger(path) as ledger:
        assert len(list(ledger.answers())) == 20
        assert ledger.money("voting") == (5.0, 0.0, 0.0)


def test_the_spare_room_is_given_back_when_the_disk_is_full(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with Ledger(path) as ledger:
        claim = ledger.claim("k", "voting", Hold(1.0, 0.5), 10.0).result()
        spare = tmp_path / ".answers.sqlite.spare"
        assert spare.stat().st_size >= unsaved.SPARE_BYTES
        tried = []

        def work(connection: sqlite3.Connection) -> int:
            tried.append(spare.exists())
            if spare.exists():
                raise sqlite3.OperationalError("database or disk is full")
            return 7

        assert ledger.writer.submit(work).result() == 7
        assert tried == [True, False]
        ledger.settle(claim.reservation or 0, ANSWER).result()


def test_answers_kept_elsewhere_are_a_recording(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    kept = unsaved.keep(folder / "answers.sqlite", [unsaved.Unsaved(1, ANSWER, True)])
    assert kept is not None and not folder.exists()
    with Ledger(tmp_path / "answers.sqlite") as ledger:
        assert replay_answers(ledger, kept) == 1
        assert ledger.find(["k"]) == {"k": ANSWER}
    kept.unlink()


def test_a_line_that_was_cut_costs_only_itself(tmp_path: Path) -> None:
    file = unsaved.keep(tmp_path / "a", [unsaved.Unsaved(1, ANSWER, True)])
    assert file is not None
    file.write_text(file.read_text() + '{"reservation": 2, "answ')
    assert [item.answer for item in unsaved.read_kept(file)] == [ANSWER]
