"""Sets aside what is damaged and can be made again, so that the next run makes it again."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol

from libra_emo.common.integrity.beside import remove_checksum
from libra_emo.common.integrity.checksums import DamagedFileError

if TYPE_CHECKING:
    from libra_emo.datasets.files import FileDataset

ASIDE_ENDING = ".damaged"

logger = logging.getLogger(__name__)


class MendingHooks:
    """Moves a damaged file aside when a run fails because of it.

    DVC looks at sizes and times, so it would take a file whose bits have changed on the disk for
    the one that was written. A file that is missing it sees.
    """

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Set the file aside that the error names, if it names a damaged one."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, DamagedFileError):
                # one without a path says that the file has to stay, whatever is behind it
                if cause.path is not None:
                    set_aside(cause.path)
                return
            cause = cause.__cause__


def set_damaged_aside(catalog: CatalogProtocol[Any, Any], names: Iterable[str]) -> list[Path]:
    """Set aside every damaged file of the catalog, and return their places.

    Args:
        catalog: Catalog that describes the files.
        names: Names of the datasets of all pipelines; of those of dataset factories the catalog
            does not know all names.

    Raises:
        DamagedFileError: If a damaged file cannot be made again; the message names its copy.
    """
    from libra_emo.datasets.files import FileDataset

    known = sorted({*catalog, *(name for name in names if name in catalog)})
    datasets = [catalog.get(name) for name in known]
    damaged = {path for one in datasets if isinstance(one, FileDataset) if (path := _damaged(one))}
    for path in sorted(damaged):
        set_aside(path)
    return sorted(damaged)


def _damaged(dataset: FileDataset[Any, Any]) -> Path | None:
    try:
        dataset.check_file()
    except DamagedFileError as error:
        if error.path is None:
            raise
        return error.path
    return None


def set_aside(path: Path) -> None:
    """Move a damaged file to a hidden name beside it, and say so."""
    place = path.with_name(f".{path.name}{ASIDE_ENDING}")
    try:
        os.replace(path, place)
        remove_checksum(path)
    except OSError as error:
        logger.warning("%s is damaged and cannot be moved aside: %s", path, error)
        return
    logger.warning(
        "%s is damaged and lies aside as %s; the next `make run` makes it again (or move it back, "
        "if you changed it on purpose)",
        path,
        place.name,
    )
