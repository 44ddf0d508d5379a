"""What `kedro check-release` finds: every change of a number, a row, a file or a description."""

import json
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.small_release import PSEUDONYMS, make_flac, make_world

from libra_emo.publication.checking.check import check_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.contents import write_checksums
from libra_emo.publication.release.parquet import read_table, write_table

TRACES = Traces(names=tuple(PSEUDONYMS), secrets=("a-secret-of-this-machine",))
CARDS = ("README.md", "MODEL_CARD.md", "DATA_STATEMENT.md")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases") / "0.1.0"
    make_world().build(folder)
    return folder


@pytest.fixture
def release(built, tmp_path):
    return shutil.copytree(built, tmp_path / "release")


def check(folder, again=True):
    """Check a release; `again` after its checksums were written again, as a forger would."""
    if again:
        write_checksums(folder)
    return check_release(folder, TRACES)


def test_a_release_as_it_was_built_has_no_faults(built):
    assert check_release(built, TRACES) == []


def numbers_of(card, text):
    """Numbers of a card that are not fixed words of its form, with their places."""
    body = text.index("\n# ") if card == "README.md" else 0
    return [match for match in re.finditer(r"\d+(?:[.,]\d+)*", text) if match.start() > body]


@pytest.mark.parametrize("card", CARDS)
def test_changing_any_number_of_a_card_is_found(release, card):
    path = release / card
    text = path.read_text()
    found = numbers_of(card, text)
    assert len(found) > 20
    for match in (found[1], found[len(found) // 2], found[-1]):
        last = text[match.end() - 1]
        other = str((int(last) + 1) % 10)
        path.write_text(text[: match.end() - 1] + other + text[match.end() :])
        faults = check(release)
        assert any(fault.startswith(f"{card}: line ") for fault in faults), match
    path.write_text(text)
    assert check(release) == []


def test_without_new_checksums_the_changed_file_is_named(release):
    path = release / "README.md"
    path.write_text(path.read_text().replace("CC-BY-4.0", "CC0-1.0"))
    faults = check(release, again=False)
    assert "README.md: is not as it was written, its SHA-256 differs" in faults


def change_label(table):
    return table.assign(label=["sad", *table["label"].iloc[1:]])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("labels", change_label),
        ("votes", lambda table: table.iloc[1:]),
        ("films", lambda table: table.assign(license="CC-BY-4.0")),
        ("predictions", lambda table: table.assign(predicted=table["truth"])),
        ("explanations", lambda table: table.assign(status="failed")),
        ("films", lambda table: table.assign(split="train")),
    ],
)
def test_changing_a_table_contradicts_the_cards(release, name, change):
    path = release / f"tables/{name}.parquet"
    write_table(change(read_table(path)), path)
    assert check(release)


def test_a_film_in_two_splits_is_found(release):
    films = read_table(release / "tables/films.parquet")
    train = films.loc[films["split"] == "train", "sha256"]
    films.loc[films["split"] == "test", "sha256"] = train.iloc[0]
    write_table(films, release / "tables/films.parquet")
    assert any("in two splits" in fault for fault in check(release))


def test_files_that_no_release_has_are_found(release):
    workbook = release / "tables/labels.xlsx"
    workbook.write_bytes(b"PK\x03\x04docProps/core.xml Ana Quillfeather")
    (release / "clips/train/.notes").write_text("by hand")
    faults = check(release)
    assert "tables/labels.xlsx: no file of a release" in faults
    assert "clips/train/.notes: no file of a release" in faults
    assert any(
        fault.startswith("tables/labels.xlsx: ") and "UTF-8" not in fault for fault in faults
    )


def test_missing_and_unlisted_files_are_found(release):
    (release / "tables/votes.parquet").unlink()
    (release / "more.txt").write_text("more")
    faults = check(release, again=False)
    assert "tables/votes.parquet: is missing" in faults
    assert "more.txt: is not in the list of checksums" in faults


def test_a_link_is_found(release, tmp_path):
    card = release / "MODEL_CARD.md"
    card.rename(tmp_path / "card.md")
    card.symlink_to(tmp_path / "card.md")
    assert "MODEL_CARD.md: is a link" in check(release)


@pytest.mark.parametrize(
    "planted",
    [
        {b"pandas": b'{"creator": "Ana Quillfeather"}'},
        {b"note": b"made in /home/ana"},
        {b"huggingface": b'{"info": {"features": {}, "author": "Ana"}}'},
    ],
)
def test_metadata_planted_in_parquet_are_found(release, planted):
    path = release / "tables/labels.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, **planted}), path)
    assert any(fault.startswith("tables/labels.parquet: metadata") for fault in check(release))


def test_tags_planted_in_a_clip_are_found(release):
    path = release / "clips/train/own-00000001.parquet"
    table = pq.read_table(path)
    sounds = table["audio"].to_pylist()
    sounds[0]["bytes"] = make_flac(b"artist=somebody")
    at = table.column_names.index("audio")
    column = pa.array(sounds, table.schema.field("audio").type)
    pq.write_table(
        table.set_column(at, table.schema.field("audio"), column), path, store_schema=False
    )
    faults = check(release)
    assert any("column audio: a file with tags" in fault for fault in faults)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("certificate.json", '{"reason": "asked by Ana Quillfeather"}'),
        ("release.json", '{"form": 1, "note": "/home/ana/films"}'),
        ("taxonomy.json", '{"key": "a-secret-of-this-machine"}'),
    ],
)
def test_traces_planted_in_texts_are_found(release, place, text):
    (release / place).write_text(text)
    faults = check(release)
    assert any(fault.startswith(f"{place}: has ") for fault in faults)


def test_croissant_must_be_that_of_the_files(release):
    path = release / "croissant.json"
    document = json.loads(path.read_text())
    document["rai:dataBiases"] = "none"
    document["rai:dataBaises"] = "misspelt"
    path.write_text(json.dumps(document))
    faults = check(release)
    assert any(fault.startswith("croissant.json: line ") for fault in faults)
    assert any("rai:dataBaises is no property" in fault for fault in faults)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"films": 3}'])
def test_a_broken_list_of_contents_is_a_fault_and_no_traceback(release, content):
    (release / "release.json").write_text(content)
    assert check(release)


def test_what_is_no_release_is_an_error(tmp_path):
    with pytest.raises(ReleaseError, match="no SHA256SUMS"):
        check_release(tmp_path, TRACES)
    with pytest.raises(ReleaseError, match="no such folder"):
        check_release(tmp_path / "nothing", TRACES)


def test_a_changed_task_of_lmms_eval_is_a_fault(release):
    path = release / "lmms_eval/bench.jsonl"
    path.write_text(path.read_text("utf-8").replace('"label": "', '"label": "not '), "utf-8")
    assert "lmms_eval/bench.jsonl: is not as the tables give it" in check(release)
