"""Removes what rounds left behind that there are no longer."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from kedro.io import CatalogProtocol

from libra_emo.common.integrity.beside import remove_checksum
from libra_emo.configuration.lock_file import find_removed_rounds, remove_stages

logger = logging.getLogger(__name__)

FACTORY = re.compile(r"\{round\}\.")


def remove_rounds(
    stages: Collection[str], catalog: CatalogProtocol[Any, Any], last: int, project: Path
) -> None:
    """Remove the files of rounds after the last one, and their stages from dvc.lock.

    Later steps read the folders of all rounds. DVC's cache keeps the results: with as many rounds
    as before, they are there again.

    Args:
        stages: Stages of dvc.yaml.
        catalog: Catalog that describes the files of the rounds.
        last: Number of the last round.
        project: The project's folder.
    """
    left = sorted(_files_after(catalog, last, project))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
            remove_checksum(path)
    removed = list(find_removed_rounds(stages, project))
    remove_stages(removed, project)
    if left or removed:
        logger.info("Results of rounds after round %d are removed; DVC keeps them.", last)


def _files_after(catalog: CatalogProtocol[Any, Any], last: int, project: Path) -> Iterator[Path]:
    resolver: Any = getattr(catalog, "config_resolver")  # noqa: B009 - the protocol lacks it
    for pattern in resolver.list_patterns():
        if not FACTORY.match(pattern):
            continue
        place = Path(
            str(resolver.resolve_pattern(pattern.replace("{round}", "round_0"))["filepath"])
        )
        number = re.compile(re.escape(place.name).replace("round_0", r"round_(\d+)"))
        folder = project / place.parent
        for path in folder.iterdir() if folder.is_dir() else ():
            found = number.fullmatch(path.name)
            if found and int(found[1]) > last:
                yield path
