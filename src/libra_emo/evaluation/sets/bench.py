"""The project's own bench, and tables of anybody's clips."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from libra_emo.evaluation.sets.evaluation_set import OwnersClips, left_out_rows
from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.evaluation.sets.tables import (
    CLIP_COLUMNS,
    find_column,
    list_texts,
    need_column,
    read_table,
)

BENCH_LABELS = Path("data/05_model_input/bench_labels.parquet")
SAMPLE = Path("03_primary/bench_sample.parquet")
TRUTH_COLUMNS = ("label", "truth", "true_label", "emotion", "class", "target")
FILM_COLUMNS = ("film", "source_id", "film_id", "cluster", "speaker", "actor")
NO_CONSENSUS = "people reached no label"
NO_TRUTH = "the truth is empty"


def read_bench(path: Path, fold: int | None = None) -> OwnersClips:
    """Return the bench of a project: its labels, its films, and the sampled clips without a label.

    Args:
        path: The table `bench_labels`; the project's folder will do. The sample is looked for in
            its place beside it.
        fold: None; the bench has no folds.
    """
    labels = path / BENCH_LABELS if path.is_dir() else path
    owners = read_own_table(labels, fold)
    sample_path = labels.parent.parent / SAMPLE
    if not sample_path.is_file():
        return owners
    sample = read_table(sample_path)
    films = dict(zip(sample["clip_id"], sample["source_id"], strict=True))
    clips = owners.clips.assign(film=owners.clips["clip_id"].map(films))
    unlabelled = sorted(set(films) - set(clips["clip_id"]))
    left_out = pd.concat([owners.left_out, left_out_rows(unlabelled, NO_CONSENSUS)])
    return OwnersClips(clips, left_out, labels)


def read_own_table(path: Path, fold: int | None = None, clips: Path | None = None) -> OwnersClips:
    """Return the clips of a table of one's own: an id, a truth, and a film where there is one.

    Args:
        path: The table with the truth.
        fold: None; such a table has no folds.
        clips: A table of the clips that count, with their films, where the truth has more.

    Raises:
        SetError: If a column is missing, or a clip of `clips` has no truth.
    """
    _refuse_fold(fold, path)
    table = read_table(path)
    clip = need_column(table, CLIP_COLUMNS, path, "the clips' ids")
    truth = find_column(table, TRUTH_COLUMNS)
    if truth is None:
        raise SetError(
            f"{path}: there is no truth to score by; give a column called "
            f"{', '.join(TRUTH_COLUMNS)}, or a table that has one with --truth"
        )
    film = find_column(table, FILM_COLUMNS)
    labels = pd.Series(list_texts(table[truth], path), dtype="object")
    rows = pd.DataFrame({"clip_id": _clip_ids(table, clip, path), "label": labels})
    rows["label"] = labels.where(labels != "", None)
    if film is not None:
        rows["film"] = table[film].to_numpy()
    if clips is not None:
        rows = _chosen(rows, clips, path)
    empty = rows["label"].isna()
    left_out = left_out_rows(rows.loc[empty, "clip_id"].tolist(), NO_TRUTH)
    return OwnersClips(rows[~empty].reset_index(drop=True), left_out, path)


def _chosen(rows: pd.DataFrame, clips: Path, path: Path) -> pd.DataFrame:
    table = read_table(clips)
    clip = need_column(table, CLIP_COLUMNS, clips, "the clips' ids")
    film = find_column(table, FILM_COLUMNS)
    wanted = pd.DataFrame({"clip_id": _clip_ids(table, clip, clips)})
    if film is not None:
        wanted["film"] = table[film].to_numpy()
        rows = rows.drop(columns="film", errors="ignore")
    unknown = wanted.loc[~wanted["clip_id"].isin(rows["clip_id"]), "clip_id"]
    if len(unknown):
        raise SetError(
            f"{path}: {len(unknown)} clips of {clips} have no truth here, the first is "
            f"{unknown.iloc[0]}"
        )
    return wanted.merge(rows, on="clip_id", how="left")


def _clip_ids(table: pd.DataFrame, column: str, path: Path) -> list[str]:
    ids = list_texts(table[column], path)
    if "" in ids:
        raise SetError(f"{path}: row {ids.index('') + 1} has no clip id")
    return ids


def _refuse_fold(fold: int | None, path: Path) -> None:
    if fold is not None:
        raise SetError(f"{path}: this set has no folds; leave --fold out")
