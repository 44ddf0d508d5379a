import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from support.flipped_bits import flip

from libra_emo.llm.ledger.integrity import copy_of
from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer

ANSWERS = [
    RecordedAnswer(
        f"{number:064x}", '{"model": "m"}', "answered", f"Label: sad ({number}) é", "stop",
        prompt_tokens=100 + number, completion_tokens=5, cost_usd=0.001, seconds=1,
        answered_at=f"2026-11-30T12:00:{number:02d}+00:00",
    )
    for number in range(40)
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    """A ledger of paid answers, closed, with its copy."""
    path = tmp_path / "answers.sqlite"
    with Ledger(path) as ledger:
        for answer in ANSWERS:
            claim = ledger.claim(answer.key, "voting", Hold(0.01, 0.01), 10.0).result()
            ledger.settle(claim.reservation, answer, billed=True).result()
    return path


def read(path):
    with Ledger(path) as ledger:
        return list(ledger.answers()), round(ledger.money("voting").spent_usd, 6)


def change(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_answers_are_as_they_were_written(path):
    answers, spent = read(path)
    assert [answer.reply for answer in answers] == [answer.reply for answer in ANSWERS]
    assert spent == 0.04
    assert copy_of(path).is_file()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answers SET reply = 'Label: happy' WHERE key LIKE '%5'",
        "UPDATE answers SET completion_tokens = 4 WHERE key LIKE '%5'",
        'UPDATE answers SET asked = \'{"model": "n"}\'',
        "UPDATE answers SET status = 'failed' WHERE key LIKE '%5'",
        "UPDATE checksums SET crc32 = '00000000' WHERE key LIKE '%5'",
    ],
)
def test_a_damaged_answer_is_taken_from_the_copy(path, statement, caplog):
    whole = read(path)
    change(path, statement)
    assert read(path) == whole
    assert "damaged answers were taken from its copy" in caplog.text


def test_an_answer_whose_row_is_gone_is_not_asked_and_paid_again(path):
    whole = read(path)
    change(path, "DROP TRIGGER answer_less")
    change(path, "DELETE FROM answers WHERE key LIKE '%5'")
    assert read(path) == whole


def test_what_the_copy_does_not_have_is_one_line(path):
    change(path, "UPDATE answers SET reply = 'Label: happy'")
    copy_of(path).unlink()
    with pytest.raises(LedgerError, match=r"40 answers are damaged.*; there is no copy") as raised:
        Ledger(path)
    assert len(str(raised.value).splitlines()) == 1


def test_damaged_sums_name_the_last_whole_copy(path):
    change(path, "DROP TRIGGER budget_else")
    change(path, "UPDATE budgets SET spent_nanousd = 0")
    with pytest.raises(LedgerError, match=r"sums .*; the last whole copy is .*\.copy of 20.* UTC"):
        Ledger(path)


def test_no_flipped_bit_gives_another_answer_or_sum(path, tmp_path):
    whole, content = read(path), path.read_bytes()
    shutil.copy(copy_of(path), tmp_path / "kept")
    for number in random.Random(1).sample(range(8 * len(content)), 100):
        for leftover in tmp_path.glob("answers.sqlite-*"):
            leftover.unlink()
        shutil.copy(tmp_path / "kept", copy_of(path))
        path.write_bytes(flip(content, number))
        try:
            assert read(path) == whole
        except LedgerError as error:
            assert "copy" in str(error) and len(str(error).splitlines()) == 1


@pytest.mark.parametrize("table", ["answers", "checksums"])
def test_a_damaged_key_is_mended_without_a_copy(path, table):
    whole = read(path)
    copy_of(path).unlink()
    change(path, f"UPDATE {table} SET key = '000p' || substr(key, 5) WHERE key LIKE '%05'")
    assert read(path) == whole


def test_a_ledger_of_an_earlier_version_gets_checksums(path):
    change(path, "DROP TABLE checksums")
    change(path, "DROP TABLE budgets_twice")
    change(path, "DROP TRIGGER answer_less")
    change(path, "DROP TRIGGER budget_more")
    change(path, "DROP TRIGGER budget_else")
    change(path, "PRAGMA user_version = 5")
    answers, spent = read(path)
    assert (len(answers), spent) == (40, 0.04)
    change(path, "UPDATE answers SET reply = 'Label: happy' WHERE key LIKE '%5'")
    assert read(path)[0] == answers
