import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.films.consistency import (
    InconsistentRun,
    check_clips,
    check_features,
    check_files,
    check_ledger,
)
from libra_emo.media.shards import ClipData, ShardWriter

SCENES = ("kept", "too_short", "too_long", "no_subtitle", "no_face")

film = st.lists(st.tuples(st.integers(1, 20_000), st.sampled_from(SCENES)), max_size=5)
films = st.lists(film, min_size=1, max_size=4)


def tabulate(lengths):
    """Return sources, ledger, candidates and index of films given as scenes of (ms, outcome)."""
    rows, sources = [], []
    for number, scenes in enumerate(lengths):
        name, here = f"film{number}", 0
        for length, outcome in scenes:
            clip = f"{name}-{here:08d}" if outcome == "kept" else None
            times = here / 1000, (here + length) / 1000
            rows.append((name, *times, clip, outcome))
            here += length
        if not scenes:
            rows.append((name, None, None, None, "unreadable"))
        sources.append((name, here / 1000 if scenes else None))
    ledger = pd.DataFrame(rows, columns=["source_id", "start_s", "end_s", "clip_id", "outcome"])
    ledger = ledger.astype({"start_s": float, "end_s": float})
    candidates = ledger[ledger["outcome"] == "kept"].drop(columns="outcome")
    index = candidates[["clip_id"]].assign(shard=candidates["source_id"] + ".tar")
    sources = pd.DataFrame(sources, columns=["source_id", "duration_s"])
    return sources.astype({"duration_s": float}), ledger, candidates, index


@given(films, st.randoms())
def test_whole_films_balance_in_any_order_of_rows(lengths, random):
    sources, ledger, candidates, index = tabulate(lengths)
    order = random.sample(range(len(ledger)), len(ledger))
    check_ledger(sources, ledger.iloc[order])
    check_clips(ledger, candidates, index)


@given(films, st.data())
def test_row_that_is_lost_or_duplicated_is_an_error(lengths, data):
    sources, ledger, _, _ = tabulate(lengths)
    place = data.draw(st.integers(0, len(ledger) - 1))
    twice = pd.concat([ledger, ledger.iloc[[place]]])
    with pytest.raises(InconsistentRun, match=ledger["source_id"][place]):
        check_ledger(sources, twice)
    last = not (ledger["source_id"][place + 1 :] == ledger["source_id"][place]).any()
    length = 1000 * np.nan_to_num(ledger["end_s"] - ledger["start_s"])[place]
    alone = (ledger["source_id"] == ledger["source_id"][place]).sum() == 1
    if not last or alone or length > 1000:  # a film may end a second before its container says
        with pytest.raises(InconsistentRun, match=ledger["source_id"][place]):
            check_ledger(sources, ledger.drop(index=place))


@given(films, st.data())
def test_shifted_scene_is_an_error(lengths, data):
    sources, ledger, _, _ = tabulate(lengths)
    timed = ledger.index[ledger["start_s"].notna()].to_list()
    if not timed:
        return
    place = data.draw(st.sampled_from(timed))
    ledger.loc[place, "start_s"] += data.draw(st.sampled_from([-0.001, 0.001]))
    with pytest.raises(InconsistentRun, match=ledger["source_id"][place]):
        check_ledger(sources, ledger)


@given(films, st.sampled_from(["kept", "candidates", "index", "features"]), st.data())
def test_clip_that_is_lost_between_two_steps_is_an_error(lengths, where, data):
    _, ledger, candidates, index = tabulate(lengths)
    features = candidates[["clip_id"]]
    if candidates.empty:
        return
    clip = data.draw(st.sampled_from(candidates["clip_id"].to_list()))
    tables = {"kept": ledger, "candidates": candidates, "index": index, "features": features}
    tables[where] = tables[where][tables[where]["clip_id"] != clip]
    with pytest.raises(InconsistentRun, match=f"{clip} is the first of 1"):
        check_clips(tables["kept"], tables["candidates"], tables["index"])
        check_features(tables["candidates"], tables["features"])


def test_times_of_ledger_and_candidates_agree():
    _, ledger, candidates, index = tabulate([[(4000, "kept"), (5000, "kept")]])
    candidates.loc[1, "end_s"] += 0.001
    with pytest.raises(InconsistentRun, match=r"film0-00004000: .*different times"):
        check_clips(ledger, candidates, index)


def test_rows_are_kept_with_a_clip_and_only_they():
    sources, ledger, _, _ = tabulate([[(4000, "kept")]])
    with pytest.raises(InconsistentRun, match="film0"):
        check_ledger(sources, ledger.assign(outcome="no_face"))
    with pytest.raises(InconsistentRun, match="film0"):
        check_ledger(sources, ledger.assign(clip_id=None))


def test_film_without_scenes_is_unreadable_or_refused():
    sources, ledger, _, _ = tabulate([[]])
    check_ledger(sources, ledger.assign(outcome="refused"))
    with pytest.raises(InconsistentRun, match="film0"):
        check_ledger(sources, ledger.assign(outcome="too_short"))


def write_files(folder, clips):
    (folder / "clips/film0").mkdir(parents=True)
    (folder / "shards").mkdir()
    frame = np.zeros((16, 16, 3), np.uint8)
    with ShardWriter(folder / "shards", "film0") as shard:
        for clip in clips:
            (folder / f"clips/film0/{clip}.mp4").write_bytes(b"clip")
            shard.add(ClipData(clip, [frame], [0.0], np.zeros(16, np.float32), 16_000))


def test_files_are_those_of_the_index(tmp_path):
    index = pd.DataFrame({"clip_id": ["film0-a", "film0-b"], "shard": "film0.tar"})
    folders = tmp_path / "clips", tmp_path / "shards"
    write_files(tmp_path, ["film0-a", "film0-b"])
    check_files(index, *folders)
    with pytest.raises(InconsistentRun, match="film0-b is the first of 1 in clip files"):
        check_files(index[:1], *folders)
    (folders[0] / "film0/film0-a.mp4").unlink()
    with pytest.raises(InconsistentRun, match="film0-a is the first of 1 in the index"):
        check_files(index, *folders)


def test_shard_that_lacks_a_clip_is_an_error(tmp_path):
    index = pd.DataFrame({"clip_id": ["film0-a", "film0-b"], "shard": "film0.tar"})
    write_files(tmp_path, ["film0-a"])
    (tmp_path / "clips/film0/film0-b.mp4").write_bytes(b"clip")
    with pytest.raises(InconsistentRun, match=r"2 the index of shards and 1 film0\.tar; film0-b"):
        check_files(index, tmp_path / "clips", tmp_path / "shards")
    (tmp_path / "shards/other.tar").write_bytes(b"")
    with pytest.raises(InconsistentRun, match=r"other\.tar is the first of 1 in shards"):
        check_files(index, tmp_path / "clips", tmp_path / "shards")
