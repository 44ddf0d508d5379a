"""Damage in each kind of file that a node or a command reads, with its checksum beside it."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DatasetError
from support.flipped_bits import flips

from libra_emo.common.integrity.beside import checksum_beside
from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.copies import copy_of
from libra_emo.datasets import (
    CsvTableDataset,
    FigureDataset,
    JsonLinesDataset,
    PromptDataset,
    RememberedTableDataset,
    ReportDataset,
    StudentDataset,
    TextDataset,
)
from libra_emo.datasets.files import FileDataset

ROOT = Path(__file__).parents[2]
# what has checksums in its files (tables, shards, students, answers, votes), what people write,
# folders whose files have their own, and what is no file
OTHERS = {
    "TableDataset",
    "ShardsDataset",
    "StudentDataset",
    "LedgerDataset",
    "VoteStoreDataset",
    "TaxonomyDataset",
    "PromptDataset",
    "PricesDataset",
    "KeysDataset",
    "LoginsDataset",
    "FolderDataset",
    "WorkFolderDataset",
    "RememberedTableDataset",
    "MemoryDataset",
}
DECISION = "libra_emo.pipelines.active_learning.stopping_criterion.StopDecision"
SPLIT = pd.DataFrame(
    [{"sha256": f"{n:064x}", "source_id": f"film-{n}", "side": "pool", "since": n} for n in (1, 2)]
)


def figure():
    drawn, axes = plt.subplots(figsize=(1, 1))
    axes.plot([0, 1])
    plt.close(drawn)
    return drawn


KINDS = {
    "round report": (ReportDataset, "round_1.json", {"round": 1, "metrics": {"accuracy": 0.5}}),
    "certificate": (ReportDataset, "certificate.json", {"round": 1, "reason": "no audit"}),
    "round history": (CsvTableDataset, "rounds.csv", pd.DataFrame({"round": [0], "input": [450]})),
    "decisions": (CsvTableDataset, "decisions.csv", pd.DataFrame({"round": [0], "stop": [False]})),
    "leaks": (CsvTableDataset, "leaks.csv", pd.DataFrame({"clip_id": ["a"], "reason": ["sound"]})),
    "conversations": (JsonLinesDataset, "conversations.jsonl", [{"id": "a"}, {"id": "b"}]),
    "page": (TextDataset, "tables.md", "| model | accuracy |\n"),
    "figure": (FigureDataset, "rounds.png", figure()),
}


@pytest.fixture(params=sorted(KINDS))
def saved(request, tmp_path):
    kind, name, content = KINDS[request.param]
    dataset = kind(filepath=str(tmp_path / name))
    dataset.save(content)
    return dataset, tmp_path / name


def load(dataset):
    """Return what a dataset loads, or the error behind Kedro's."""
    try:
        return dataset.load()
    except DatasetError as error:
        raise error.__cause__ from error


def test_every_dataset_that_a_node_reads_has_checksums_or_belongs_to_people():
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        catalog = session.load_context().catalog
        read = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
        read |= {name for one in pipelines.values() for node in one.nodes for name in node.inputs}
        kinds = {name: catalog.get(name) for name in read if name in catalog}
    without = {
        name: type(dataset).__name__
        for name, dataset in kinds.items()
        if not isinstance(dataset, FileDataset) and type(dataset).__name__ not in OTHERS
    }
    assert not without
    assert isinstance(kinds["round_1.report"], FileDataset) and "split" in kinds


def test_no_flipped_bit_gives_other_content(saved):
    dataset, path = saved
    content = path.read_bytes()
    for changed in flips(content, min(200, 8 * len(content))):
        path.write_bytes(changed)
        with pytest.raises(DamagedFileError, match="`make run` makes it again") as raised:
            load(dataset)
        assert raised.value.path == path
    assert not dataset.exists()
    with pytest.raises(DamagedFileError):
        dataset.check_file()
    path.write_bytes(content)
    assert dataset.exists()
    dataset.check_file()


def test_a_damaged_file_that_kedro_takes_for_missing_is_named(saved, caplog):
    dataset, path = saved
    path.write_bytes(path.read_bytes()[:-2])
    assert not dataset.exists()
    (line,) = caplog.messages
    assert f"{path} is damaged" in line


def test_a_damaged_file_is_written_again(saved):
    dataset, path = saved
    content = path.read_bytes()
    path.write_bytes(bytes(len(content)))
    dataset.save(next(data for kind, name, data in KINDS.values() if name == path.name))
    assert path.read_bytes() == content and dataset.exists()


def test_a_file_of_an_earlier_version_is_read(saved):
    dataset, path = saved
    before = dataset.load()
    checksum_beside(path).unlink()
    after = dataset.load()
    assert after.equals(before) if isinstance(before, pd.DataFrame) else after == before
    assert dataset.exists() and not checksum_beside(path).exists()


@pytest.mark.parametrize(
    ("kind", "name", "torn"),
    [
        (ReportDataset, "r.json", b'{"a": '),
        (ReportDataset, "r.json", b'{"a": "\xff"}'),
        (JsonLinesDataset, "c.jsonl", b'{"a": 1}\n{"a"\n'),
        (CsvTableDataset, "t.csv", b""),
        (CsvTableDataset, "t.csv", b"a\n\xff\n"),
        (TextDataset, "p.md", b"\xff"),
    ],
)
def test_a_torn_file_without_a_checksum_is_damaged_too(tmp_path, kind, name, torn):
    (tmp_path / name).write_bytes(torn)
    with pytest.raises(DamagedFileError, match="is damaged") as raised:
        load(kind(filepath=str(tmp_path / name)))
    assert "on purpose" not in str(raised.value)


def test_a_file_that_dvc_brought_is_whole_and_gets_its_checksum(saved):
    from hashlib import md5

    dataset, path = saved
    content = path.read_bytes()
    checksum_beside(path).write_text("00000000 00000000\n")
    found = md5(content, usedforsecurity=False).hexdigest()
    (path.parent / "dvc.lock").write_text(f"    - path: {path.name}\n      md5: {found}\n")
    assert dataset.exists()
    (path.parent / "dvc.lock").unlink()
    assert dataset.exists()
    path.write_bytes(content[:-1])
    assert not dataset.exists()


@pytest.fixture
def split(tmp_path):
    place = str(tmp_path / "split.csv")
    dataset = CsvTableDataset(filepath=place, schema="Split", remembered=True)
    dataset.save(SPLIT)
    return dataset, tmp_path / "split.csv"


def test_a_remembered_table_is_never_begun_anew_because_it_is_damaged(split, tmp_path):
    dataset, path = split
    before = RememberedTableDataset(path=str(tmp_path), name="split.csv", schema="Split")
    content = path.read_bytes()
    for changed in flips(content, 100):
        path.write_bytes(changed)
        for reader in (dataset, before):
            with pytest.raises(DamagedFileError, match="cannot be made again") as raised:
                load(reader)
            assert raised.value.path is None  # so that nobody sets it aside
            assert str(copy_of(path)) in str(raised.value)
    copy_of(path).replace(path)
    pd.testing.assert_frame_equal(load(before), dataset.load())


def test_a_remembered_table_that_was_changed_on_purpose_is_accepted(split):
    dataset, path = split
    path.write_text(path.read_text().replace(",pool,", ",bench,"))
    with pytest.raises(DamagedFileError, match=r"remove \.split\.csv\.crc32"):
        load(dataset)
    checksum_beside(path).unlink()
    assert set(dataset.load()["side"]) == {"bench"}


def test_a_damaged_pointer_names_no_other_student(tmp_path):
    (tmp_path / "round_2").mkdir()
    (tmp_path / "round_2/student.json").write_text("{}")
    (tmp_path / "round_3").mkdir()
    dataset = StudentDataset(filepath=str(tmp_path / "round_4"))
    dataset.save({"pointer": "round_2"})
    path = tmp_path / "round_4/pointer.json"
    content = path.read_bytes()
    for changed in flips(content, 8 * len(content)):
        path.write_bytes(changed)
        try:
            assert dataset.home() == tmp_path / "round_2"
        except DamagedFileError as error:
            assert error.path == path
            assert not dataset.exists()
    path.write_text('{"pointer": "round_2"}\n')  # as earlier versions wrote it
    assert dataset.exists()


def test_what_people_edit_is_read_as_it_is(tmp_path):
    path = tmp_path / "annotate.jinja"
    for text in ("{% block user %}a{% endblock %}", "{% block user %}b{% endblock %}"):
        path.write_text(text)
        assert PromptDataset(filepath=str(path)).load().text == text
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
