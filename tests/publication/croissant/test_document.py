"""The description in Croissant: our own check, mlcroissant's, and a record of every record set."""

import json
import logging

import pytest
from support.small_release import make_world

from libra_emo.publication.croissant.vocabulary import check_names


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases") / "0.1.0"
    make_world().build(folder)
    return folder


@pytest.fixture(scope="module")
def document(release):
    return json.loads((release / "croissant.json").read_text())


@pytest.fixture(scope="module")
def read(release):
    return pytest.importorskip("mlcroissant").Dataset(str(release / "croissant.json"))


def test_all_names_are_of_their_vocabularies(document):
    assert check_names(document) == []


def test_mlcroissant_finds_neither_errors_nor_warnings(release, caplog):
    mlcroissant = pytest.importorskip("mlcroissant")
    with caplog.at_level(logging.WARNING):
        read = mlcroissant.Dataset(str(release / "croissant.json"))
    issues = read.metadata.ctx.issues
    assert not issues.errors and not issues.warnings and not caplog.records


def test_a_record_of_every_record_set_can_be_read(read, document):
    names = {record_set["@id"] for record_set in document["recordSet"]}
    assert {"splits", "clips", "films", "votes", "attribution"} <= names
    for name in names:
        record = next(iter(read.records(name)))
        fields = next(each for each in document["recordSet"] if each["@id"] == name)["field"]
        assert {field["@id"] for field in fields} <= set(record), name


def test_mlcroissant_keeps_synthetic_data_and_provenance(read, document):
    written = read.metadata.to_json()
    for name in ("rai:hasSyntheticData", "prov:wasDerivedFrom", "prov:wasGeneratedBy", "usageInfo"):
        assert name in written, name
    assert document["rai:hasSyntheticData"] is False


def test_every_film_with_clips_is_a_source_with_its_checksum(document):
    sources = {film["name"]: film for film in document["prov:wasDerivedFrom"]}
    assert set(sources) == {"own-00000001", "bench-00000002", "whole-00000003", "asked-00000004"}
    assert sources["own-00000001"]["sha256"] == "1" * 64
    assert sources["bench-00000002"]["@id"] == f"urn:sha256:{'2' * 64}"


def test_votes_are_annotations_with_agents(document):
    votes = next(each for each in document["recordSet"] if each["@id"] == "votes")
    label = next(field for field in votes["field"] if field["name"] == "label")
    assert label["annotation"]["equivalentProperty"] == "prov:wasAttributedTo"
    assert "prov:Agent" in label["annotation"]["dataType"]


def test_the_policy_prohibits_what_the_law_prohibits(document):
    policy = document["usageInfo"]
    assert "odrl:Offer" in policy["@type"]
    assert policy["odrl:permission"]["odrl:duty"]["odrl:action"] == {"@id": "odrl:attribute"}
    purposes = policy["odrl:prohibition"][0]["odrl:constraint"]["odrl:rightOperand"]
    assert any("workplace" in purpose for purpose in purposes)
    assert any("education" in purpose for purpose in purposes)


def test_simulated_annotators_make_data_synthetic(tmp_path):
    world = make_world()
    world.human_votes = world.human_votes.assign(voted_at=None, annotator="simulated_01")
    world.human_votes = world.human_votes.drop_duplicates(["campaign", "clip_id"])
    world.build(tmp_path / "release")
    document = json.loads((tmp_path / "release/croissant.json").read_text())
    assert document["rai:hasSyntheticData"] is True
    assert "simulated annotators (programs, not people)" in document["rai:dataAnnotationProtocol"]
    statement = (tmp_path / "release/DATA_STATEMENT.md").read_text()
    assert "Annotators of this release are simulated" in statement
