"""Lists for people: the clips of an audit come among the others, for fresh people alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.ballots import ballots

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.csv_files.lists import list_clips
from libra_emo.annotation.csv_votes import import_votes
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
TEAM = [f"a{number}" for number in range(8)]
ROUND = Campaign.of("round_1", read_taxonomy(), 2, 1)
EARLIER = Campaign.of("round_0", read_taxonomy(), 2, 1)
AUDIT = ROUND.mixed("audit")
CLIPS = [f"c{number}" for number in range(12)]


def make_store(folder, queue, audited, earlier=None):
    store = VoteStore(f"sqlite:///{folder}/votes.db")
    store.add_annotators(TEAM, NOW)
    store.open_campaign(EARLIER, CLIPS)
    store.open_campaign(ROUND, queue)
    store.open_campaign(AUDIT, audited)
    store.add_votes(ballots("round_0", **(earlier or {})), NOW)
    return store


def write_lists(folder, store):
    lines = ["campaign,clip_id,annotator,label"]
    for name, rows in list_clips(store, ROUND).items():
        lines += [f"{row.campaign},{row.clip_id},{name},sad" for row in rows]
    path = folder / "filled.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_clips_of_an_audit_are_listed_as_the_others_are(tmp_path):
    store = make_store(tmp_path, CLIPS[:6], CLIPS[6:9])
    lists = list_clips(store, ROUND)
    listed = [row for rows in lists.values() for row in rows]
    assert {row.campaign for row in listed} == {"round_1"}
    counts = {clip: [row.clip_id for row in listed].count(clip) for clip in CLIPS[:9]}
    assert counts == dict.fromkeys(CLIPS[:9], 2)
    assert import_votes(store, write_lists(tmp_path, store), NOW).added == 18
    assert set(store.votes("round_1.audit")["clip_id"]) == set(CLIPS[6:9])
    assert set(store.votes("round_1")["clip_id"]) == set(CLIPS[:6])


def test_a_clip_of_both_is_on_the_lists_of_different_people(tmp_path):
    store = make_store(tmp_path, CLIPS[:2], CLIPS[:2])
    assert import_votes(store, write_lists(tmp_path, store), NOW).added == 8
    own, panel = (store.votes(name) for name in ("round_1", "round_1.audit"))
    assert len(own) == len(panel) == 4
    assert own.merge(panel, on=["clip_id", "annotator"]).empty


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(CLIPS), st.integers(1, 6), max_size=12),
    st.sets(st.sampled_from(CLIPS), min_size=1),
    st.sets(st.sampled_from(CLIPS), min_size=1),
)
def test_nobody_is_on_a_panel_who_answered_before(tmp_path_factory, before, queue, audited):
    folder = tmp_path_factory.mktemp("lists")
    earlier = {clip: " ".join(["sad"] * count) for clip, count in before.items()}
    store = make_store(folder, sorted(queue), sorted(audited), earlier)
    path = write_lists(folder, store)
    result = import_votes(store, path, NOW)
    assert result.rejections.empty
    panel = store.votes("round_1.audit")
    for name in ("round_0", "round_1"):
        both = store.votes(name).merge(panel, on=["clip_id", "annotator"])
        assert both.empty
    # the same file again changes nothing, although everybody has answered by now
    again = import_votes(store, path, NOW)
    assert (again.added, len(again.rejections)) == (0, 0)


@pytest.mark.parametrize("order", [("round_1", "round_1.audit"), ("round_1.audit", "round_1")])
def test_a_row_of_somebody_who_answered_already_is_rejected_alone(tmp_path, order):
    store = make_store(tmp_path, ["c1"], ["c1", "c2"], {"c2": "sad"})
    path = tmp_path / "votes.csv"
    rows = [f"{name},c1,a3,sad" for name in order]
    rows += ["round_1.audit,c2,a0,sad", "round_1.audit,c2,a1,sad"]
    path.write_text("campaign,clip_id,annotator,label\n" + "\n".join(rows), encoding="utf-8")
    result = import_votes(store, path, NOW)
    first_is_audit = order[0] == "round_1.audit"
    assert result.rejections["line"].tolist() == ([4] if first_is_audit else [3, 4])
    assert "has answered for clip 'c2' in another campaign" in result.rejections["reason"].iloc[-1]
    assert result.added == (3 if first_is_audit else 2)
