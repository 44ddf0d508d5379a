"""The numbers of the cards against numbers that are counted here in another way."""

import re
from collections import Counter

import krippendorff
import numpy as np
import pytest
from support.small_release import LABELS, make_world

from libra_emo.publication.cards.facts import count_release
from libra_emo.publication.cards.model_facts import score_models
from libra_emo.publication.cards.reading import Release
from libra_emo.publication.cards.rendering import render_cards
from libra_emo.publication.errors import ReleaseError


@pytest.fixture(scope="module")
def world():
    return make_world()


@pytest.fixture(scope="module")
def release(tmp_path_factory, world):
    folder = tmp_path_factory.mktemp("releases") / "0.1.0"
    world.build(folder)
    return Release(folder)


@pytest.fixture(scope="module")
def facts(release):
    return count_release(release)


def test_clips_and_hours(facts):
    assert facts["total"] == {
        **{"clips": 24, "films": 4, "shortest": 4.0, "longest": 4.0, "copies": 12},
        "hours": pytest.approx(24 * 4 / 3600),
    }
    assert [(row["split"], row["clips"], row["copies"]) for row in facts["splits"]] == [
        *(("train", 12, 6), ("test", 12, 6))
    ]


def test_labels_by_split(facts, world):
    wanted = Counter(world.run["labels"]["label"])
    found = {row["label"]: row["train"] for row in facts["labels"] if row["train"]}
    assert found == dict(wanted)
    assert sum(row["test"] for row in facts["labels"]) == 12


def test_labels_that_a_round_changed(facts, world):
    changed = int((world.run["labels"]["label"] != "happy").sum())
    assert facts["rounds"] == [
        {"round": 0, "labelled": 12, "changed": 0},
        {"round": 1, "labelled": 12, "changed": changed},
    ]


def test_agreement_is_that_of_another_implementation(facts, world):
    votes = world.human_votes
    table = votes.pivot(index="annotator", columns="clip_id", values="label")
    codes = table.map(LABELS.index).to_numpy(dtype=float)
    wanted = krippendorff.alpha(codes, level_of_measurement="nominal")
    (campaign,) = facts["campaigns"]
    assert campaign["alpha"] == pytest.approx(wanted)
    assert campaign["low"] <= campaign["alpha"] <= campaign["high"]
    assert (campaign["agents"], campaign["votes"], campaign["clips"]) == (2, 48, 24)


def test_adjudications_do_not_count_as_agreement(release, facts, tmp_path):
    world = make_world()
    more = world.human_votes.head(3).assign(campaign="bench.adjudication", label="happy")
    import pandas as pd

    world.human_votes = pd.concat([world.human_votes, more], ignore_index=True)
    world.build(tmp_path / "release")
    again = count_release(Release(tmp_path / "release"))
    assert again["campaigns"] == facts["campaigns"]
    votes = {row["kind"]: row["votes"] for row in again["agents"]}
    assert votes["person"] == 51


def test_scores_of_models(release, world):
    scores = score_models(release)
    (model,) = scores["models"]
    truth = world.run["bench_predictions"]["truth"]
    assert model["accuracy"] == pytest.approx(float(np.mean(truth == "happy")))
    failures = scores["failures"]
    assert failures["wrong"] == int((truth != "happy").sum())
    assert {(row["truth"], row["predicted"]) for row in failures["pairs"]} == {
        *(("sad", "happy"), ("angry", "happy"))
    }
    assert set(failures["rare"]) == set(LABELS) and "fearful" in failures["absent"]


def test_a_release_without_predictions_and_votes_of_people_has_cards(tmp_path):
    world = make_world()
    world.human_votes = world.human_votes.head(0)
    world.run["bench_predictions"] = world.run["bench_predictions"].head(0)
    world.build(tmp_path / "release")
    cards = render_cards(Release(tmp_path / "release"))
    assert "No model was evaluated." in cards["MODEL_CARD.md"]
    assert "simulated" not in cards["DATA_STATEMENT.md"]
    assert "config_name: predictions" not in cards["README.md"]


def test_a_certificate_is_in_the_data_statement(tmp_path):
    world = make_world()
    interval = {"estimate": 0.0812, "low": 0.05, "high": 0.12, "clips": 300}
    own = {"panel": {"people": 4}, "overall": interval, "released": 294, "level": 0.95}
    own |= {"planned_looks": 5, "clips": 300, "films": 20}
    world.certificate = {"annotators": "people", "certificate": own, "reason": None, "round": 1}
    world.build(tmp_path / "release")
    text = (tmp_path / "release/DATA_STATEMENT.md").read_text()
    assert "4 people would change 8.1 % (5.0 to 12.0 %) of the\n294 labels" in text


def test_the_statement_says_what_the_law_says_and_when_it_was_written(release):
    text = " ".join((release.folder / "DATA_STATEMENT.md").read_text().split())
    for part in ("Regulation 2024/1689", "Article 5(1)(f)", "since 2 February 2025",
                 "workplace and education institutions", "medical or safety reasons",
                 "not legal advice", "written on 30 November 2026"):  # fmt: skip
        assert part in text


def test_the_head_of_the_card_is_yaml_that_names_files_which_are_there(release):
    import yaml

    text = (release.folder / "README.md").read_text()
    head = yaml.safe_load(re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)[1])
    assert head["license"] == "cc-by-4.0" and head["version"] == "0.1.0"
    assert [each["config_name"] for each in head["configs"] if each.get("default")] == ["clips"]
    for configuration in head["configs"]:
        for files in configuration["data_files"]:
            assert list(release.folder.glob(files["path"]))


def test_what_is_no_release_is_an_error(tmp_path):
    with pytest.raises(ReleaseError, match=r"release\.json"):
        Release(tmp_path)
