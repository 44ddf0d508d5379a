"""`--wait`: the run says where people work, serves the campaign if nobody does, and goes on."""

import threading
import time
from datetime import UTC, datetime

import pandas as pd
import pytest
from support.annotating import clip_ids
from support.tiny_project import kedro

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import collect_votes
from libra_emo.annotation.store import VoteStore
from libra_emo.cli.people import waiting
from libra_emo.cli.people.announcing import announced, find_address
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_server_is_found_as_long_as_it_runs(tmp_path):
    assert find_address(tmp_path) is None
    with announced(tmp_path, "http://127.0.0.1:1"), announced(tmp_path, "http://127.0.0.1:2"):
        assert find_address(tmp_path) == "http://127.0.0.1:1"
    assert find_address(tmp_path) is None
    (tmp_path / "data/.annotation_server").write_text("http://127.0.0.1:3")  # it was killed
    assert find_address(tmp_path) is None


@pytest.mark.parametrize("command", ["run", "reproduce"])
def test_the_commands_have_the_option(project, command):
    assert "--wait" in kedro(project, command, "--help").stdout


def test_a_run_serves_its_campaign_and_goes_on_with_the_last_vote(filmed, monkeypatch, capfd):
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0.1)
    store = VoteStore(f"sqlite:///{filmed}/data/01_raw/votes.sqlite")
    store.add_annotators(["Ana"], NOW)
    campaign = Campaign.of("bench", read_taxonomy(), 1, 1)
    clips = clip_ids(2)
    served = []

    def label():
        while not (address := find_address(filmed)):
            time.sleep(0.1)
        served.append(address)
        for clip in clips:
            time.sleep(0.3)
            row = ("bench", clip, "Ana", "sad", None, None)
            columns = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
            store.add_votes(pd.DataFrame([row], columns=columns), NOW)

    people = threading.Thread(target=label)
    people.start()
    with waiting.waiting_for_people(filmed, None, True):
        votes = collect_votes(campaign, clips, "people", store=store)
        assert find_address(filmed) == served[0]
    people.join()
    assert votes["label"].tolist() == ["sad", "sad"]
    assert find_address(filmed) is None  # the server that the run started has ended
    written = capfd.readouterr().out
    assert "campaign 'bench': 2 of 2 clips wait" in written
    assert f"people work at {served[0]}" in written and "/join/" in written
