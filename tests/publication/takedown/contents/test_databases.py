"""The project's own stores after a takedown: they open, and know nothing of the film."""

import json
import sqlite3
from contextlib import closing

import pytest

from libra_emo.llm.ledger.answers import RecordedAnswer
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.publication.takedown.contents.databases import filter_database
from libra_emo.publication.takedown.contents.search import names_film
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.needles import Needles

FILM, OTHER = "own-00000001", "other-00000002"
NEEDLES = Needles(ids=(FILM,))


def answer(key, film):
    asked = json.dumps({"clip_id": f"{film}-00000000-00004000"})
    return RecordedAnswer(key, asked, "answered", "sad", cost_usd=0.01)


def test_a_ledger_opens_with_its_other_answers(tmp_path):
    path, out = tmp_path / "answers.sqlite", tmp_path / "out.sqlite"
    with closing(Ledger(path)) as ledger:
        ledger.add([answer("a" * 64, FILM), answer("b" * 64, OTHER)])
    assert names_film(path, NEEDLES)
    assert filter_database(path, out, NEEDLES)["answers"] == 1
    assert not names_film(out, NEEDLES)
    with closing(Ledger(out)) as ledger:
        assert [known.key for known in ledger.answers()] == ["b" * 64]


def test_a_database_that_another_program_writes_to_is_refused(tmp_path):
    path = tmp_path / "votes.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE votes (clip_id TEXT)")
        connection.execute("INSERT INTO votes VALUES (?)", (FILM,))
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM votes").fetchall()
            connection.execute("INSERT INTO votes VALUES (?)", (OTHER,))
            with pytest.MonkeyPatch.context() as patch:
                place = "libra_emo.publication.takedown.contents.databases.BUSY_SECONDS"
                patch.setattr(place, 0.1)
                with pytest.raises(TakedownError, match="Nothing was changed"):
                    filter_database(path, tmp_path / "out", NEEDLES)
    assert names_film(path, NEEDLES)


def test_a_damaged_database_is_refused(tmp_path):
    (tmp_path / "torn").write_bytes(b"SQLite format 3\0" + b"torn" * 100)
    with pytest.raises(TakedownError, match="cannot be rewritten"):
        filter_database(tmp_path / "torn", tmp_path / "out", NEEDLES)
