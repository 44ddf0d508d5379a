from datetime import UTC, datetime

import pytest

from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import find_person, make_first_lead, open_link

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    return VoteStore(f"sqlite:///{tmp_path}/votes.sqlite")


def test_the_first_start_makes_one_lead(store):
    secret = make_first_lead(store, NOW)
    link = open_link(store, secret)
    assert find_person(store, link).role == "lead"
    assert make_first_lead(store, NOW) is None
    assert open_link(store, "guess") is None
