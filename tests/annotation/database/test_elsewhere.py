from datetime import UTC, datetime

import pytest
from support.ballots import ballots
from support.postgres import postgres_url  # noqa: F401 - a fixture

from libra_emo.annotation.database.elsewhere import find_answered_elsewhere
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.moments import utc_text

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
CLIPS = ["c1", "c2", "c3"]


@pytest.fixture
def audited(store, rounds):
    """a0 and a1 answered for c1 and c2 in round_0, and a2 for c1 in the audit itself."""
    audit = rounds.mixed("audit")
    store.open_campaign(rounds, ["c2"])
    store.open_campaign(audit, CLIPS)
    votes = ballots("round_1", c2="sad happy")
    store.add_votes(votes, NOW)
    own = ballots("round_1.audit", c1="sad sad sad").tail(1)
    store.add_votes(own, NOW)
    return store


def test_who_answered_in_other_campaigns_is_known_by_clip(audited):
    assert audited.answered_elsewhere("round_1.audit", CLIPS) == {clip_key("c2"): {"a0", "a1"}}
    assert audited.answered_elsewhere("round_1", CLIPS) == {clip_key("c1"): {"a2"}}
    assert audited.answered_elsewhere("round_1.audit", ["c3"]) == {}


@pytest.mark.parametrize(("person", "stale"), [("a0", {"c2"}), ("a2", set()), ("a5", set())])
def test_a_fresh_campaign_leaves_out_what_a_person_answered_elsewhere(
    audited, rounds, person, stale
):
    keys = [clip_key(clip) for clip in CLIPS]
    with audited.reading() as connection:
        fresh = (connection, rounds.mixed("audit"), keys, person, utc_text(NOW))
        assert find_answered_elsewhere(*fresh) == {clip_key(clip) for clip in stale}
        usual = (connection, rounds, keys, person, utc_text(NOW))
        assert find_answered_elsewhere(*usual) == set()
