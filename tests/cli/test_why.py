import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner
from support.small_release import make_world

from libra_emo.cli.why import describe_releases, why

CANDIDATES = pd.DataFrame(
    {
        "clip_id": ["film-a-1", "film-a-2"],
        "source_id": "film-a",
        "start_s": [0.0, 5.0],
        "end_s": [5.0, 9.5],
        "frames_sampled": 10,
        "frames_with_face": 9,
        "subtitle": ["Oh no.", "Well."],
    }
)
SOURCES = pd.DataFrame(
    {
        "source_id": ["film-a"],
        "title": ["A film"],
        "author": [None],
        "license": ["CC0-1.0"],
        "url": [None],
        "video_path": ["films/a.mp4"],
        "sha256": ["ab"],
    }
)


def labels(label, origin, number):
    row = ["film-a-1", label, origin, 2, 3 if origin == "machine" else 4, number]
    return pd.DataFrame([row], columns=["clip_id", "label", "origin", "support", "votes", "round"])


def votes(*answers, received_at="2026-01-01T00:00:00+00:00"):
    rows = [["round_1", "film-a-1", who, label, None, received_at] for who, label in answers]
    names = ["campaign", "clip_id", "annotator", "label", "voted_at", "received_at"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture
def catalog():
    return {
        "candidates": CANDIDATES,
        "sources": SOURCES,
        "pool": CANDIDATES,
        "machine_votes": pd.DataFrame(
            {
                "clip_id": ["film-a-1"] * 2,
                "voter": ["face", "text"],
                "label": ["sad", None],
                "status": ["ok", "refused"],
            }
        ),
        "round_0.labels": labels("sad", "machine", 0),
        "round_1.labels": labels("fearful", "people", 1),
        "round_1.queue": CANDIDATES[["clip_id"]].head(1),
        "round_1.human_votes": votes(("Ann", "fearful"), ("Bob", "sad"), ("Ann", "fearful")),
        "round_2.labels": labels("fearful", "people", 1),
    }


class Catalog(dict):
    exists = dict.__contains__
    load = dict.__getitem__


@pytest.fixture
def run(catalog, monkeypatch):
    class Context:
        def __enter__(self):
            return SimpleNamespace(catalog=Catalog(catalog))

        def __exit__(self, *error):
            return None

    module = sys.modules["libra_emo.cli.why"]  # the package has the command by this name
    monkeypatch.setattr(module, "open_context", lambda *inputs: Context())

    def run(*arguments):
        metadata = SimpleNamespace(project_path=Path("nowhere"))
        return CliRunner().invoke(why, arguments, obj=metadata)

    return run


def test_it_says_who_overturned_whom_and_no_names(run):
    result = run("film-a-1.mp4")
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    for part in (
        "film film-a, A film, CC0-1.0",
        "seconds 0.000 to 5.000",
        "side pool",
        "machine vote face: sad (ok)",
        "machine vote text: no vote (refused)",
        "round_0 label sad by machine, 2 of 3 votes",
        "round_1 people are asked",
        "round_1 vote person 1: fearful",
        "round_1 vote person 2: sad",
        "round_1 label fearful by people, 2 of 4 votes, until then sad",
    ):
        assert part in text
    assert "Ann" not in text and "Bob" not in text
    assert "round_2" not in text  # the label stays


def test_simulated_votes_are_named_so(run, catalog):
    catalog["round_1.human_votes"] = votes(("Ann", "sad"), received_at=None)
    assert "person 1 (simulated): sad" in run("film-a-1").output


def test_json_has_the_same_lines(run):
    steps = json.loads(run("film-a-2", "--json").output)
    assert {"step": "words", "text": "Well."} in steps


def test_an_unknown_clip_is_one_line_with_the_nearest(run, catalog):
    result = run("film-a-3")
    assert result.exit_code == 1
    assert "film-a-3: no clip of the 2 has this id; the nearest is film-a-" in result.output
    del catalog["candidates"]
    assert "there are no clips yet" in run("film-a-1").output


def test_the_releases_of_a_clip_are_listed(tmp_path):
    for version in ("0.10.0", "0.9.0"):
        make_world().build(tmp_path / version, version=version)
    assert describe_releases(tmp_path, "whole-00000003-00000000-00004000") == [
        ("release", "0.9.0: happy, train, as time codes alone"),
        ("release", "0.10.0: happy, train, as time codes alone"),
    ]
    assert describe_releases(tmp_path, "unknown") == []
    assert describe_releases(tmp_path / "nothing", "unknown") == []
