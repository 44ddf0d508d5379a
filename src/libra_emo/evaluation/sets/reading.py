"""Which set is meant: one by name with its owners' files, or a table of one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from libra_emo.evaluation.sets.bench import BENCH_LABELS, read_bench, read_own_table
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet, OwnersClips, build_set
from libra_emo.evaluation.sets.folds import read_dfew, read_mafw
from libra_emo.evaluation.sets.set_classes import (
    SetClasses,
    SetError,
    coarse_classes,
    fine_classes,
    list_label_names,
    other_classes,
    read_set_classes,
)
from libra_emo.evaluation.sets.utterances import read_crema_d, read_meld
from libra_emo.taxonomy import Taxonomy

Adapter = Callable[[Path, int | None, SetClasses], OwnersClips]
ADAPTERS: dict[str, Adapter] = {
    "dfew": read_dfew,
    "meld": read_meld,
    "crema_d": read_crema_d,
    "mafw": read_mafw,
}
BENCH = "bench"
NAMES = (BENCH, *ADAPTERS)
FOLDER = Path("data/01_raw/sets")  # where the owners' files are looked for without --truth


def read_set(
    name: str,
    taxonomy: Taxonomy,
    truth: Path | None = None,
    fold: int | None = None,
    coarse: bool = False,
) -> EvaluationSet:
    """Return a set of clips.

    Args:
        name: `bench`, the name of a public set, or a table of one's own with an id, a truth and,
            where known, a film for each clip.
        taxonomy: The labels.
        truth: The owners' folder or file, or a table with the truth.
        fold: Number of the fold, for sets that have folds.
        coarse: Whether labels of the taxonomy count by their coarse parents.

    Raises:
        SetError: If there is no such set or it cannot be read.
    """
    plain = name.casefold().replace("-", "_")
    if plain in ADAPTERS:
        if coarse:
            raise SetError(f"{name} has classes of its own; leave --classes out")
        classes = read_set_classes(plain, taxonomy)
        return build_set(plain, classes, ADAPTERS[plain](truth or FOLDER / plain, fold, classes))
    if plain == BENCH:
        path = truth or BENCH_LABELS
        if not path.exists():
            raise SetError(
                f"{path}: there is no bench with labels; run `kedro run --pipeline bench`, or name "
                "the labels with --truth"
            )
        return _build_own(BENCH, read_bench(path, fold), taxonomy, coarse)
    path = Path(name)
    if not path.is_file():
        raise SetError(
            f"{name}: there is neither a set nor a file of this name; the sets are "
            f"{', '.join(NAMES)}"
        )
    owners = read_own_table(truth or path, fold, clips=path if truth else None)
    return _build_own(path.stem, owners, taxonomy, coarse)


def _build_own(name: str, owners: OwnersClips, taxonomy: Taxonomy, coarse: bool) -> EvaluationSet:
    names = list_label_names(taxonomy)
    labels = {str(label).strip().casefold() for label in owners.clips["label"]}
    ours = set(names)
    if labels <= ours:
        classes = (coarse_classes if coarse else fine_classes)(taxonomy, name)
        truth = [names[str(label).strip().casefold()] for label in owners.clips["label"]]
        owners = replace(owners, clips=owners.clips.assign(label=truth))
    elif coarse or name == BENCH or (labels & ours and len(labels - ours) <= len(labels) / 4):
        unknown = sorted(labels - ours)[0]
        raise SetError(
            f"{owners.source}: {unknown!r} is not a label; the labels are "
            f"{', '.join(taxonomy.labels)}"
        )
    else:
        classes = other_classes({str(label).strip() for label in owners.clips["label"]}, name)
    digits = _count_digits(owners)
    return build_set(name, classes.model_copy(update={"id_digits": digits}), owners)


def _count_digits(owners: OwnersClips) -> int:
    """Return to how many digits ids are filled up with zeros; 0 where they are no such numbers."""
    ids = owners.clips["clip_id"].astype("str")
    lengths = set(ids.str.len())
    return lengths.pop() if len(lengths) == 1 and ids.str.fullmatch(r"[0-9]+").all() else 0
