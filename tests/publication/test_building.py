"""A release is whole, the same when built again, and holds nothing that must stay."""

import json
import os

import pandas as pd
import pyarrow.parquet as pq
import pytest
from support.small_release import CLIPS, FILMS, PSEUDONYMS, MadeFiles, make_world

from libra_emo.common.digests import digest_folder
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.contents import read_checksums
from libra_emo.publication.release.parquet import read_table

PLANTED = ("Ana Quillfeather", "/home/ana", "a-secret-of-this-machine")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases") / "0.1.0"
    make_world().build(folder)
    return folder


def read_everything(folder):
    """All bytes of a release, and all texts and files in its tables, as one text a file."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield path.name, path.read_bytes()
        if path.suffix == ".parquet":
            file = pq.ParquetFile(path)
            yield path.name, str(file.metadata.metadata).encode() + str(file.schema).encode()
            for row in file.read().to_pylist():
                for value in row.values():
                    content = value["bytes"] if isinstance(value, dict) else str(value).encode()
                    yield path.name, content or b""


def test_the_same_tables_give_the_same_bytes_in_any_order(release, tmp_path):
    world = make_world()
    world.human_votes = world.human_votes.sample(frac=1, random_state=1)
    world.sources = world.sources.iloc[::-1]
    world.candidates = world.candidates.sample(frac=1, random_state=2)
    world.build(tmp_path / "again")
    assert digest_folder(tmp_path / "again") == digest_folder(release)


def test_no_planted_text_is_anywhere_in_a_release(release):
    for name, content in read_everything(release):
        for planted in PLANTED:
            for coding in ("utf-8", "utf-16-le"):
                assert planted.encode(coding) not in content, (name, planted)


def test_metadata_of_pandas_tables_do_not_reach_a_release(tmp_path, release):
    world = make_world()
    world.human_votes.attrs["made by"] = "Ana Quillfeather in /home/ana"
    world.run["labels"].attrs["workbook"] = {"author": "Ana Quillfeather"}
    world.run["labels"].index.name = "Ana Quillfeather"
    world.build(tmp_path / "again")
    assert digest_folder(tmp_path / "again") == digest_folder(release)


def test_people_have_pseudonyms_and_their_times_are_left_out(release):
    votes = read_table(release / "tables/votes.parquet")
    assert set(votes.loc[votes["kind"] == "person", "agent"]) == set(PSEUDONYMS.values())
    assert set(votes.columns) == {
        *("clip_id", "film_id", "campaign", "agent", "kind", "label", "status", "seconds")
    }


def test_clips_are_there_only_where_the_licence_permits_excerpts(release):
    for film, side, *_ in FILMS:
        split = "train" if side == "pool" else "test"
        clips = read_table(release / f"clips/{split}/{film}.parquet")
        copied = film in ("own-00000001", "bench-00000002")
        assert len(clips) == CLIPS and clips["label"].notna().all()
        for column in ("video", "audio", "subtitle"):
            assert clips[column].notna().all() == copied
            assert clips[column].isna().all() != copied
    explanations = read_table(release / "tables/explanations.parquet")
    known = explanations.groupby("film_id")["explanation"].count().to_dict()
    assert known == {"own-00000001": CLIPS, "whole-00000003": 0}


def test_the_bench_is_a_task_of_lmms_eval(release):
    lines = (release / "lmms_eval/bench.jsonl").read_text("utf-8").splitlines()
    docs = {doc["clip_id"]: doc for doc in map(json.loads, lines)}
    tables = [read_table(path) for path in sorted((release / "clips/test").glob("*.parquet"))]
    bench = pd.concat(tables).set_index("clip_id")
    assert set(docs) == set(bench.index)
    for clip, doc in docs.items():
        row = bench.loc[clip]
        words = row["subtitle"] if isinstance(row["subtitle"], str) else ""
        assert (doc["label"], doc["film"], doc["subtitle"]) == (row["label"], row["film_id"], words)
    assert (release / "lmms_eval/libra_emo_bench.yaml").is_file()
    assert "lmms_eval/utils.py" in read_checksums(release)


def test_every_clip_is_attributed_with_the_checksums_of_its_files(release):
    table = read_table(release / "tables/attribution.parquet").set_index("clip_id")
    assert len(table) == CLIPS * len(FILMS)
    clips = read_table(release / "clips/train/own-00000001.parquet")
    from libra_emo.common.digests import digest_bytes

    for clip in clips.to_dict("records"):
        own = table.loc[clip["clip_id"]]
        assert own["license"] == "CC0-1.0" and own["author"] == "A. Author"
        assert own["video_sha256"] == digest_bytes(clip["video"]["bytes"])
        assert own["audio_sha256"] == digest_bytes(clip["audio"]["bytes"])
    assert table.loc[table["film_id"] == "whole-00000003", "video_sha256"].isna().all()


def test_checksums_are_those_of_all_files(release):
    from libra_emo.common.digests import digest_file

    listed = read_checksums(release)
    assert listed == {name: digest_file(release / name) for name in listed}
    there = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    assert there == {*listed, "SHA256SUMS"}


def test_the_list_of_contents_has_the_rows_of_each_film(release):
    contents = json.loads((release / "release.json").read_text())
    for film in contents["films"]:
        for name, count in film["rows"].items():
            place = film["files"][0] if name == "clips" else f"tables/{name}.parquet"
            table = read_table(release / place)
            assert (table["film_id"] == film["film_id"]).sum() == count
    totals = {name: sum(film["rows"].get(name, 0) for film in contents["films"]) for name in
              contents["tables"] if name != "films"}  # fmt: skip
    assert totals == {k: v for k, v in contents["tables"].items() if k != "films"}


def test_a_key_in_a_text_of_others_costs_that_text_alone(tmp_path):
    world = make_world()
    key = "sk-" + "a1" * 12
    explained = world.run["explanations"]
    clip = explained.loc[explained["clip_id"].str.startswith("own"), "clip_id"].iloc[0]
    explained.loc[explained["clip_id"] == clip, "explanation"] = f"I read {key} in the request."
    contents = world.build(tmp_path / "release")
    assert contents["withheld_texts"] == {"explanations.explanation": 1}
    table = read_table(tmp_path / "release/tables/explanations.parquet").set_index("clip_id")
    assert table["explanation"].isna()[clip] and table["explanation"].notna().sum() == CLIPS - 1


@pytest.mark.parametrize(
    ("voter", "kind"),
    [
        ("/home/ana/models/student", "a path of a machine"),
        ("Ana Quillfeather", "the name of an annotator"),
        ("a-secret-of-this-machine", "a key or a password"),
        ("https://ann:secret@host.example/v1", "an address with a login"),
    ],
)
def test_what_cannot_be_left_out_ends_the_build_and_leaves_the_old_release(tmp_path, voter, kind):
    folder = tmp_path / "0.1.0"
    make_world().build(folder)
    before = digest_folder(folder)
    world = make_world()
    world.machine_votes["voter"] = voter
    with pytest.raises(ReleaseError, match=kind):
        world.build(folder)
    assert digest_folder(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["0.1.0"]


def test_a_damaged_clip_ends_the_build_with_its_name(tmp_path):
    class Damaged(MadeFiles):
        def video(self, clip_id):
            return super().video(clip_id)[:-7]

    with pytest.raises(ReleaseError, match=r"clip bench-00000002-\d+-\d+: .*damaged"):
        make_world().build(tmp_path / "release", Damaged())
    assert not (tmp_path / "release").exists()


def test_nothing_that_may_be_released_is_an_error(tmp_path):
    world = make_world()
    world.readings = pd.DataFrame(
        [
            {"sha256": sha, "license_text": None, "read_on": None, "held": "it changed"}
            for sha in world.sources["sha256"]
        ]
    )
    with pytest.raises(ReleaseError, match="no clip may be released"):
        world.build(tmp_path / "release", traces=Traces())


@pytest.mark.parametrize(
    ("version", "kept"), [("1.0.0", True), ("0.2.0", False), ("1.0.0-rc.1", False)]
)
def test_a_version_that_may_be_cited_keeps_its_bytes(tmp_path, version, kept):
    folder = tmp_path / version
    make_world().build(folder, version=version)
    make_world().build(folder, version=version)
    before = digest_folder(folder)
    if kept:
        with pytest.raises(ReleaseError, match=r"raise `publication\.version`"):
            make_world().build(folder, version=version, title="Another")
    else:
        make_world().build(folder, version=version, title="Another")
    assert (digest_folder(folder) == before) is kept


def test_datasets_loads_and_streams_a_release_as_it_is(release, tmp_path, monkeypatch):
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setitem(os.environ, name, "1")
    monkeypatch.setitem(os.environ, "HF_HOME", str(tmp_path))
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    cache = str(tmp_path / "cache")
    loaded = datasets.load_dataset(str(release), cache_dir=cache)
    assert {name: len(part) for name, part in loaded.items()} == {"train": 12, "test": 12}
    assert loaded["train"].features["video"] == datasets.Video(decode=False)
    assert loaded["train"].features["audio"] == datasets.Audio(decode=False)
    films = {name: set(part["film_id"]) for name, part in loaded.items()}
    assert not films["train"] & films["test"]
    streamed = datasets.load_dataset(str(release), streaming=True, split="train")
    rows = {row["clip_id"]: row for row in streamed}
    first = next(row for name, row in rows.items() if name.startswith("own"))
    assert first["video"]["bytes"][4:8] == b"ftyp" and first["audio"]["bytes"][:4] == b"fLaC"
    assert first["audio"]["path"] == f"{first['clip_id']}.flac"
    assert next(row for name, row in rows.items() if name.startswith("whole"))["video"] is None
    for name in ("votes", "films", "labels", "attribution"):
        table = datasets.load_dataset(str(release), name, split="full", cache_dir=cache)
        assert len(table) == len(read_table(release / f"tables/{name}.parquet"))
