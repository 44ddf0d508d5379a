from datetime import UTC, datetime

import pandas as pd
from kedro.io import DataCatalog

from libra_emo.annotation.campaigns import Campaign
from libra_emo.configuration.snapshot import take_snapshot
from libra_emo.datasets import VoteStoreDataset
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import read_taxonomy

PARAMETERS = {"films": "films", "annotators": "people", "max_rounds": 1}


def votes(**row):
    table = pd.DataFrame([{"annotator": "ann", "voted_at": None, "seconds": None, **row}])
    return check(table, HumanVotes)


def test_a_vote_changes_the_digest_of_its_campaign_alone(tmp_path):
    store_dataset = VoteStoreDataset(credentials={"url": "sqlite:///v.sqlite"}, path=str(tmp_path))
    catalog = DataCatalog({"annotation_store": store_dataset})
    assert set(take_snapshot(PARAMETERS, catalog, tmp_path, {})["votes"].values()) == {""}
    store = store_dataset.load()
    store.add_annotators(["ann"], datetime.now(UTC))
    for name in ("bench", "round_1"):
        store.open_campaign(Campaign.of(name, read_taxonomy(), 4, 2), ["c1"])
    before = take_snapshot(PARAMETERS, catalog, tmp_path, {})["votes"]
    store.add_votes(votes(campaign="round_1", clip_id="c1", label="sad"), datetime.now(UTC))
    after = take_snapshot(PARAMETERS, catalog, tmp_path, {})["votes"]
    assert [name for name in after if after[name] != before[name]] == ["round_1"]
    # so does one of its audit, and one of a later step
    for name in ("round_1.audit", "round_1.step_2"):
        store.open_campaign(Campaign.of(name, read_taxonomy(), 4, 2), ["c1"])
        store.add_votes(votes(campaign=name, clip_id="c1", label="sad"), datetime.now(UTC))
        latest = take_snapshot(PARAMETERS, catalog, tmp_path, {})["votes"]
        assert [each for each in latest if latest[each] != after[each]] == ["round_1"]
        after = latest
    simulated = take_snapshot({**PARAMETERS, "annotators": "simulated"}, catalog, tmp_path, {})
    assert set(simulated["votes"].values()) == {""}
