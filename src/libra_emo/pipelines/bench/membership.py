"""Which films and clips belong to the bench, for good: what was drawn once stays as it was drawn.

Films are known by their content, so another file name changes nothing. On the first run the films
and clips are drawn as `split.py` says; later runs only add to the tables, which git holds.
"""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.options import BenchOptions
from libra_emo.common.seeding import draw_key, uniforms
from libra_emo.pipelines.bench.split import BenchError, draw_bench_films, draw_sample
from libra_emo.schemas import BenchClips, Candidates, Sources, Split, check
from libra_emo.schemas.people import SIDES

BENCH, POOL = "bench", "pool"
CLIP = ["sha256", "start_ms", "end_ms"]


def draw_split(
    candidates: pd.DataFrame,
    sources: pd.DataFrame,
    remembered_split: pd.DataFrame,
    remembered_bench_clips: pd.DataFrame,
    options: BenchOptions,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the films' sides and the bench's clips: those remembered, and what is new.

    Args:
        candidates: Clips, as Candidates.
        sources: Films, as Sources.
        remembered_split: Split of the run before; empty on the first run.
        remembered_bench_clips: BenchClips of the run before.
        options: How many films and clips are drawn.
        seed: Seed of the draws.

    Returns:
        Split and BenchClips, sorted; films and clips that are absent at present stay.

    Raises:
        BenchError: If there are too few films, or one of the sides has none.
    """
    clips = check(candidates, Candidates).sort_values("clip_id")
    films = check(sources, Sources)
    split = _extend_split(clips, films, check(remembered_split, Split), options, seed)
    known = check(remembered_bench_clips, BenchClips)
    bench_clips = _extend_clips(clips, films, split, known, options.sample_clips, seed)
    return split, bench_clips


def divide(
    candidates: pd.DataFrame, sources: pd.DataFrame, split: pd.DataFrame, bench_clips: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the clips of the bench sample, of the pool, and those that are withheld.

    A film of another side than bench and pool is withheld wholly. Of two files with the same
    content one gives the bench its clips.
    """
    keyed = key_clips(candidates, sources)
    side = keyed["sha256"].map(dict(zip(split["sha256"], split["side"], strict=True)))
    drawn = pd.MultiIndex.from_frame(keyed[CLIP]).isin(pd.MultiIndex.from_frame(bench_clips[CLIP]))
    repeated = keyed.sort_values("clip_id").duplicated(CLIP).reindex(keyed.index)
    sample = (side == BENCH) & drawn & ~repeated
    pool = side == POOL
    return candidates[sample], candidates[pool], candidates[~sample & ~pool]


def key_clips(candidates: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return clip_id, source_id, sha256, start_ms and end_ms of clips, in their order."""
    content = dict(zip(sources["source_id"], sources["sha256"], strict=True))
    unknown = sorted(set(candidates["source_id"]) - set(content))
    if unknown:
        raise BenchError(
            f"film {unknown[0]} has candidates but is not in the table of sources; run "
            "`kedro run --pipeline preprocessing` so that both are of the same films"
        )
    return candidates[["clip_id", "source_id"]].assign(
        sha256=candidates["source_id"].map(content),
        start_ms=(candidates["start_s"] * 1000).round().astype("int64"),
        end_ms=(candidates["end_s"] * 1000).round().astype("int64"),
    )


def _extend_split(
    clips: pd.DataFrame,
    sources: pd.DataFrame,
    remembered: pd.DataFrame,
    options: BenchOptions,
    seed: int,
) -> pd.DataFrame:
    keyed = key_clips(clips, sources).drop_duplicates("source_id")
    present = keyed.sort_values("source_id").drop_duplicates("sha256")[["sha256", "source_id"]]
    known = _strictest(remembered)
    new = present[~present["sha256"].isin(known["sha256"])]
    if len(new) == len(present):  # the first run, or other films than ever before
        drawn = set(draw_bench_films(clips, sources, options, seed))
        bench = set(keyed.loc[keyed["source_id"].isin(drawn), "sha256"])
    else:
        chances = uniforms(new["sha256"], seed, "new film")
        bench = set(new["sha256"][chances < options.film_fraction])
        bench = _fill_sides(bench, new, present.merge(known[["sha256", "side"]]), seed)
    since = int(known["since"].max()) + 1 if len(known) else 1
    side = new["sha256"].isin(bench).map({True: BENCH, False: POOL})
    names = dict(zip(present["sha256"], present["source_id"], strict=True))
    known = known.assign(source_id=known["sha256"].map(names).fillna(known["source_id"]))
    parts = [part for part in (known, new.assign(side=side, since=since)) if len(part)]
    return check(pd.concat(parts).sort_values("sha256"), Split)


def _fill_sides(bench: set[str], new: pd.DataFrame, known: pd.DataFrame, seed: int) -> set[str]:
    """Return the new films of the bench, so that bench and pool each have a film.

    Raises:
        BenchError: If one of them has none and there is no new film for it.
    """
    ordered = sorted(new["sha256"], key=lambda sha256: draw_key(seed, "new film", sha256))
    sides = [*known["side"]]
    if BENCH not in sides and ordered and not bench:
        bench = {ordered[0]}
    if POOL not in sides and ordered and len(bench) == len(ordered):
        bench = set(ordered[1:]) if BENCH in sides or len(ordered) > 1 else bench
    sides += [BENCH if sha256 in bench else POOL for sha256 in ordered]
    for side in (BENCH, POOL):
        if side not in sides:
            raise BenchError(
                f"no film of the {side} is here: data/03_primary/split.csv, which remembers the "
                "sides, names them; bring one of them back, or add films with faces and subtitles"
            )
    return bench


def _strictest(remembered: pd.DataFrame) -> pd.DataFrame:
    """Return one row a film; of two sides, as after a merge of two branches, the bench wins."""
    order = remembered["side"].map(SIDES.index)
    ordered = remembered.assign(_order=order).sort_values(["sha256", "_order", "since"])
    return ordered.drop(columns="_order").drop_duplicates("sha256")


def _extend_clips(
    clips: pd.DataFrame,
    sources: pd.DataFrame,
    split: pd.DataFrame,
    remembered: pd.DataFrame,
    count: int,
    seed: int,
) -> pd.DataFrame:
    """Return the remembered clips and those that are drawn to have `count` of them.

    Clips of films that are absent count as there. So nobody is asked about other clips because a
    film was removed, and none is too much when it comes back.
    """
    bench = split.loc[split["side"] == BENCH, "sha256"]
    keyed = key_clips(clips, sources)
    keyed = keyed[keyed["sha256"].isin(bench)].sort_values("clip_id").drop_duplicates(CLIP)
    known = remembered.sort_values([*CLIP, "since"]).drop_duplicates(CLIP)
    films = set(keyed["sha256"])
    here = known["sha256"].isin(films)
    if not here.any():  # the first run, or other films than ever before
        missing = count
    else:
        still = keyed.merge(known[CLIP], on=CLIP)
        missing = count - len(still) - int((~here & known["sha256"].isin(bench)).sum())
    drawn = pd.MultiIndex.from_frame(keyed[CLIP]).isin(pd.MultiIndex.from_frame(known[CLIP]))
    free = keyed[~drawn]
    chosen = draw_sample(free, missing, seed) if missing > 0 else []
    since = int(known["since"].max()) + 1 if len(known) else 1
    new = free[free["clip_id"].isin(chosen)][CLIP].assign(since=since)
    parts = [part for part in (known, new) if len(part)]
    return check(pd.concat(parts).sort_values(CLIP), BenchClips)
