"""A store keeps out who withdrew, by salted digests alone."""

import datetime

import pytest

from libra_emo.annotation.database.withdrawals import WithdrawnAnnotatorError, remember_withdrawn
from libra_emo.annotation.store import VoteStore
from libra_emo.common.takedowns.log import PERSON, salt_value

NOW = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
SALT = "cd" * 16


def test_a_store_refuses_a_person_in_any_spelling_and_nobody_else(tmp_path):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.sqlite")
    digests = [(SALT, salt_value(SALT, PERSON, name)) for name in ("josé", "annotator-01")]
    for _ in range(2):
        remember_withdrawn(store, digests)
    is_withdrawn = store.withdrawn()
    assert all(map(is_withdrawn, ("José", "JOSE\u0301", " jos\u200bé ", "annotator-01")))
    assert not any(map(is_withdrawn, ("Josés", "Ana", "")))
    with pytest.raises(WithdrawnAnnotatorError, match="name 2 ") as raised:
        store.add_annotators(["Ana", "José"], NOW)
    assert "José" not in str(raised.value) and not store.annotators()
    assert b"jos\xc3\xa9" not in (tmp_path / "votes.sqlite").read_bytes().lower()
