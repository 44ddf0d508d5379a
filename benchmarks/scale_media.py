"""Steps of `scale.py` about shards and films that are done."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from scale_tables import name_clips

from libra_emo.media.shards import ShardReader
from libra_emo.media.shards.index import BLOCK, Places, write_index

Step = Callable[[], Any]
ENDINGS = [*(f"{number:02d}.jpg" for number in range(16)), "flac", "json"]


def open_shards(clips: int, folder: Path) -> Step:
    """Open all shards and look each clip up, as every process does that reads clips."""
    table = make_shards(clips, folder)

    def step() -> None:
        reader = ShardReader(folder / "shards")
        if reader.clip_ids() != sorted(table["clip_id"]):
            raise SystemExit("the shards have other clips")

    return step


def check_all_files(clips: int, folder: Path) -> Step:
    """Check that each clip has a clip file and an entry in its shard."""
    from libra_emo.media.films.consistency import check_files

    table = make_shards(clips, folder)
    for film, rows in table.groupby("source_id"):
        own = folder / "clips" / str(film)
        own.mkdir(parents=True)
        for clip_id in rows["clip_id"]:
            (own / f"{clip_id}.mp4").touch()
    index = table[["clip_id"]].assign(shard=table["source_id"] + ".tar")
    return lambda: check_files(index, folder / "clips", folder / "shards")


def make_shards(clips: int, folder: Path) -> pd.DataFrame:
    """Write shards with as many files a clip as real ones have, each of a few bytes."""
    table = name_clips(clips)
    (folder / "shards").mkdir(parents=True)
    for film, rows in table.groupby("source_id"):
        path = folder / "shards" / f"{film}.tar"
        places = {}
        with path.open("wb") as file:
            for clip_id in rows["clip_id"]:
                numbers: list[int] = []
                for ending in ENDINGS:
                    content = json.dumps(clip_id).encode()
                    member = tarfile.TarInfo(f"{clip_id}.{ending}")
                    member.size = len(content)
                    file.write(member.tobuf(tarfile.USTAR_FORMAT))
                    numbers += [file.tell(), len(content)]
                    file.write(content.ljust(BLOCK, b"\0"))
                places[clip_id] = Places(ENDINGS, numbers)
            file.write(bytes(2 * BLOCK))
        write_index(path, places)
    return table
