import json

import pytest
from kedro.io import MemoryDataset
from support.loop_round import AUDIT, make_round

from libra_emo.cli.labelling.certificate import (
    NoCertificate,
    check_certificate,
    describe_certificate,
    show_certificate,
)
from libra_emo.pipelines.active_learning.certifying import leave_uncertified


class Catalog(dict):
    """Datasets by name, some of which are not there."""

    def exists(self, name):
        return name in self

    def load(self, name):
        return MemoryDataset(self[name]).load()


@pytest.fixture
def done():
    return make_round(audit=AUDIT).run()


@pytest.fixture
def catalog(done):
    return Catalog(
        {
            "labels": done.labels,
            "round_1.votes_so_far": done.votes_so_far,
            "round_1.predictions": done.predictions,
            "machine_votes": done.world.machine_votes,
        }
    )


def test_a_certificate_holds_for_the_files_that_it_was_made_of(done, catalog):
    assert check_certificate(done.certificate, catalog) is None


@pytest.mark.parametrize(
    ("name", "column", "named"),
    [
        ("labels", "label", "the labels changed"),
        ("round_1.votes_so_far", "label", "the votes changed"),
        ("round_1.predictions", "predicted", "the models changed"),
        ("machine_votes", "label", "the models changed"),
    ],
)
def test_any_change_makes_it_stale(done, catalog, name, column, named):
    table = catalog[name].copy()
    table.loc[0, column] = "amazed"
    catalog[name] = table
    assert named in check_certificate(done.certificate, catalog)


def test_an_edited_certificate_and_a_missing_file_are_named(done, catalog):
    own = done.certificate.certificate.model_copy(update={"released": 1})
    edited = done.certificate.model_copy(update={"certificate": own})
    assert "content was changed" in check_certificate(edited, catalog)
    del catalog["labels"]
    assert "labels is not here" in check_certificate(done.certificate, catalog)


def test_the_lines_say_what_is_certified_and_who_was_simulated(done):
    own = done.certificate.certificate
    lines = describe_certificate(own, "simulated")
    assert lines[0] == own.estimand and "simulated" in lines[-1]
    assert sum(line.startswith("  ") for line in lines) == len(own.by_label)
    assert "simulated" not in describe_certificate(own, "people")[-1]


def test_the_certificate_is_shown_and_written(done, catalog, tmp_path, capsys):
    catalog["certificate"] = done.certificate
    show_certificate(catalog, tmp_path / "found.json")
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["hash"] == done.certificate.certificate.hash
    assert found["stale"] is None and found["annotators"] == "simulated"
    assert done.certificate.certificate.estimand in capsys.readouterr().out


def test_without_one_that_holds_the_command_fails_with_the_reason(done, catalog):
    with pytest.raises(NoCertificate, match="no labels yet"):
        show_certificate(catalog)
    catalog["certificate"] = done.certificate
    catalog["labels"] = catalog["labels"].assign(label="sad")
    with pytest.raises(NoCertificate, match="stale: the labels changed"):
        show_certificate(catalog)
    catalog["certificate"] = leave_uncertified("people")
    with pytest.raises(NoCertificate, match="no certificate: the labels of round 0"):
        show_certificate(catalog)
