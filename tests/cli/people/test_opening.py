from datetime import UTC, datetime

import pytest
from support.tiny_project import kedro, make_project

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    make_project(tmp_path)
    store = VoteStore(f"sqlite:///{tmp_path}/data/01_raw/votes.sqlite")
    store.add_annotators(["a0", "a1"], NOW)
    store.open_campaign(Campaign.of("bench", read_taxonomy(), 2, 2), [f"c{n}" for n in range(200)])
    return store


def test_repeats_are_drawn_from_a_campaign_and_mixed_into_it(store, tmp_path):
    done = kedro(
        *(tmp_path, "campaigns", "open", "--kind", "repeat", "--into", "bench"),
        *("--rate", "0.2", "--distance", "7", "--seed", "3"),
    )
    campaign = store.campaigns()["bench.repeat"]
    rows = store.queue("bench.repeat")
    assert done.stdout.strip() == (f"bench.repeat: open with {len(rows)} clips, mixed into bench")
    assert (campaign.kind, campaign.rate, campaign.distance) == ("repeat", 0.2, 7)
    assert 20 < len(rows) < 60
    assert {(r.reason, r.inclusion_probability, r.draw_seed) for r in rows} == {("repeat", 0.2, 3)}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "gold"], "--into CAMPAIGN is needed"),
        (["--kind", "audit", "--into", "nothing"], "never opened"),
        (["--kind", "training"], "--clips FILE is needed"),
    ],
)
def test_what_is_missing_is_one_line(store, tmp_path, options, words):
    done = kedro(tmp_path, "campaigns", "open", *options, check=False)
    assert done.returncode != 0
    assert words in done.stderr and "Traceback" not in done.stderr
