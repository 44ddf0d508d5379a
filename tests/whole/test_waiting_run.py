"""One `kedro run --wait`: it opens the campaigns, people answer as browsers do, it goes on."""

import re
import threading
import time

import httpx
import pandas as pd
import pytest
from support.annotating import make_vote
from support.whole_project import copy_project, start

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import make_link
from libra_emo.annotation_server.access.secrets import read_secret
from libra_emo.annotation_server.server import read_clock

pytestmark = pytest.mark.slow
PEOPLE = ("Ana", "王芳")
PARAMETERS = """\
annotators: people
max_rounds: 1
sample:
  films: 3
  clips: 13
  min_clips_per_label: 1
  frame_width: 320
  frame_height: 240
  too_short_share: 0
  too_long_share: 0
  no_subtitle_share: 0
  no_face_share: 0
bench: {sample_clips: 3, annotators_per_clip: 2, threshold: 2}
voting: {annotators_per_clip: 2, threshold: 2}
annotation_server: {sound_check: false}
"""
ADDRESS = re.compile(r"waits for campaign '([\w.]+)'.*people work at (http://127\.0\.0\.1:\d+)\.")


class Listener(threading.Thread):
    """Reads what a command prints, so that it never waits for its reader."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self._process = process
        self.output = ""
        self.start()

    def run(self):
        for line in self._process.stdout:
            self.output += line

    @property
    def waits(self):
        return ADDRESS.findall(self.output)


class Person:
    """Somebody who answers what the server gives, by the truth of the sample."""

    def __init__(self, store, address, name):
        self.key = next(key for key, each in store.annotators().items() if each.name == name)
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=60)
        secret = make_link(store, self.key, read_clock())
        assert self.http.get(f"/join/{secret}").status_code == 200
        csrf = re.search(r'csrf-token" content="(\w+)"', self.http.get("/").text)[1]
        self.http.headers["X-CSRF-Token"] = csrf

    def work(self, labels):
        """Answer every clip that waits; `labels` has the label of each token."""
        for campaign in re.findall(
            r'class="button" href="/label/([\w.]+)"', self.http.get("/").text
        ):
            while not (answer := self.ask(campaign))["done"]:
                token = answer["task"]["token"]
                assert self.http.get(f"/media/{token}").headers["content-type"] == "video/mp4"
                sent = {"votes": [make_vote(token, labels[token])]}
                assert self.http.post("/api/votes", json=sent).json()["refused"] == []

    def ask(self, campaign):
        return self.http.get("/api/next", params={"campaign": campaign}).json()


def read_truth(project):
    """Return the true label of each clip of the sample."""
    truth = pd.read_parquet(project / "data/01_raw/sample_truth.parquet")
    clips = pd.read_parquet(project / "data/03_primary/candidates.parquet")
    labels = {}
    for clip in clips.itertuples():
        scenes = truth[truth["source_id"] == clip.source_id]
        labels[clip.clip_id] = scenes.loc[(scenes["start_s"] - clip.start_s).abs().idxmin()].label
    return labels


def name_tokens(store, truth):
    """Return the label of each token that somebody may get."""
    secret = read_secret(store)
    return {
        secret.task(key, campaign, clip_key(clip)): truth[clip]
        for campaign in store.campaigns()
        for clip in store.clips(campaign)
        for key in store.annotators()
    }


def test_the_command_that_needs_people_goes_on_when_they_have_answered(tmp_path):
    project = copy_project(tmp_path / "project", PARAMETERS)
    store = VoteStore(f"sqlite:///{project}/data/01_raw/annotations.sqlite")
    store.add_annotators(PEOPLE, read_clock())
    process = start(project, "run", "--pipelines", "preprocessing,bench,voting", "--wait")
    listener = Listener(process)
    people, answered = [], 0
    try:
        while process.poll() is None:
            assert "that `kedro annotate` prints" not in listener.output, listener.output
            if len(listener.waits) == answered:
                time.sleep(0.2)
                continue
            _, address = listener.waits[answered]
            people = people or [Person(store, address, name) for name in PEOPLE]
            labels = name_tokens(store, read_truth(project))
            for person in people:
                person.work(labels)
            answered += 1
    finally:
        process.terminate()  # its server ends with it
        process.wait()
    listener.join()
    assert process.returncode == 0, listener.output[-6000:]
    # all campaigns were asked for by this one command, at one address: a step for each person
    asked = [campaign for campaign, _ in listener.waits]
    assert asked in (["bench", "round_0"], ["bench", "round_0", "round_0.step_2"])
    assert len({address for _, address in listener.waits}) == 1
    with pytest.raises(httpx.ConnectError):  # its server ended with it
        people[0].http.get("/")
    check_labels(project, store)


def check_labels(project, store):
    truth = read_truth(project)
    bench = pd.read_parquet(project / "data/05_model_input/bench_labels.parquet")
    first = pd.read_parquet(project / "data/05_model_input/labels/round_0.parquet")
    asked = first[first["origin"] == "people"]
    assert sorted(bench["clip_id"]) == sorted(store.clips("bench"))
    assert sorted(asked["clip_id"]) == sorted(store.clips("round_0"))
    for table in (bench, asked):
        assert table["label"].tolist() == [truth[clip] for clip in table["clip_id"]]
