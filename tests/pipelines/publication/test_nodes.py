"""The nodes of the publication, joined as the pipeline joins them."""

import datetime

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from support.small_release import PSEUDONYMS, TAXONOMY, MadeFiles, make_world

from libra_emo.annotation.store import VoteStore
from libra_emo.collection.options import CollectionOptions
from libra_emo.llm.request.keys import Keys
from libra_emo.media.clips.places import place_clip
from libra_emo.media.sources import Logins
from libra_emo.pipelines.active_learning.certifying import RoundCertificate
from libra_emo.pipelines.publication import create_pipeline
from libra_emo.publication.checking.check import check_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.parquet import read_table
from libra_emo.schemas import CollectedFilms, empty


class Shards:
    """The sound of clips, as `ShardReader` gives it."""

    def raw(self, clip_id):
        return {"flac": MadeFiles().audio(clip_id)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    world = make_world()
    clips = folder / "clips"
    for clip in world.candidates["clip_id"]:
        path = place_clip(clips, clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MadeFiles().video(clip))
    run = world.run
    inputs = {
        **{"sources": world.sources, "split": world.split, "candidates": world.candidates},
        **{"human_votes": world.human_votes, "machine_votes": world.machine_votes},
        **{"round_0.labels": run["rounds"][0], "round_1.labels": run["rounds"][1]},
        **{f"{name}.dropped": run["dropped"]["bench"] for name in ("bench", "round_0", "round_1")},
        "round_1.soft_labels": run["soft_labels"],
        **{name: run[name] for name in ("labels", "bench_labels", "label_history")},
        **{name: run[name] for name in ("explanations", "bench_predictions")},
        "remembered_collected_films": empty(CollectedFilms),
        "certificate": RoundCertificate(round=1, annotators="people", reason="no audit"),
        "annotation_store": VoteStore(f"sqlite:///{folder}/votes.sqlite"),
        "taxonomy": TAXONOMY,
        **{"clip_shards": Shards(), "clips_folder": clips, "releases_folder": folder / "a/b"},
        **{"llm_keys": Keys({"m": "k" * 20}), "film_logins": Logins()},
        "takedowns_folder": folder / "takedowns",
        "params:publication": PublicationOptions(date=datetime.date(2026, 11, 30)),
        "params:collection": CollectionOptions(),
        "params:seed": 7,
    }
    catalog = DataCatalog({name: MemoryDataset(data) for name, data in inputs.items()})
    SequentialRunner().run(create_pipeline(1), catalog)
    return folder


def test_the_release_passes_its_check(made):
    assert check_release(made / "a/b/0.1.0", Traces(names=tuple(PSEUDONYMS))) == []


def test_pseudonyms_are_keyed_by_the_store_and_their_key_is_nowhere(made):
    import sqlite3

    votes = read_table(made / "a/b/0.1.0/tables/votes.parquet")
    people = set(votes.loc[votes["kind"] == "person", "agent"])
    assert len(people) == 2 and all(name.startswith("annotator-") for name in people)
    with sqlite3.connect(made / "votes.sqlite") as store:
        (secret,) = store.execute(
            "SELECT value FROM server_secrets WHERE name = 'pseudonyms'"
        ).fetchone()
    files = [path for path in (made / "a").rglob("*") if path.is_file()]
    assert files and not any(secret.encode() in path.read_bytes() for path in files)
    assert not any(secret in text for text in votes.select_dtypes("str").to_numpy().ravel()
                   if isinstance(text, str))  # fmt: skip


def test_the_pipeline_is_no_part_of_the_default_run():
    from libra_emo.pipeline_registry import EXTRA

    assert {"collection", "publication"} <= set(EXTRA)
    assert "round_2.soft_labels" in create_pipeline(2).inputs()
