"""Digests of labels and students in a file that git holds, so that swapped ones are noticed."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Final

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DataCatalog
from kedro.pipeline import Pipeline

from libra_emo.common.digests import digest_file, digest_folder
from libra_emo.common.files import write_json
from libra_emo.hooks.run_state import ConfiguredHooks

DIGESTS: Final = Path("data/08_reporting/.digests.json")
LABELS: Final = "labels"

logger = logging.getLogger(__name__)


class DigestingHooks(ConfiguredHooks):
    """Writes the SHA-256 of labels and students, and compares it before a run reads them.

    DVC trusts the files of a remote unless the remote's option `verify` is set, and its digests
    are MD5. A difference is a warning, since labels may be changed on purpose.
    """

    def __init__(self) -> None:
        super().__init__()
        self._catalog: CatalogProtocol[Any, Any] = DataCatalog()

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Warn of labels and students that this run reads and that are not those of git."""
        self._catalog = catalog
        known = read_digests(self.project)
        for name in sorted(pipeline.inputs()):
            path = _guarded_path(name, catalog)
            place = None if path is None else _place_of(path, self.project)
            if path is None or place not in known or not path.exists():
                continue
            if digest(path) != known[place]:
                logger.warning(
                    "%s is not what %s, which git holds, says: if you changed it, all is well; "
                    "otherwise get it again from a remote with `verify` (docs/security.md)",
                    place,
                    DIGESTS,
                )

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """Write the digest of labels or of a student that a node made, once they are saved."""
        path = _guarded_path(dataset_name, self._catalog)
        if path is not None:
            record_digests([path], self.project)


def record_digests(paths: Iterable[Path], project: Path) -> None:
    """Write the digests of labels and students, as far as they are there."""
    made = {_place_of(path, project): digest(path) for path in paths if path.exists()}
    known = read_digests(project)
    if made.items() - known.items():
        write_json(project / DIGESTS, dict(sorted({**known, **made}.items())))


def record_restored(
    restored: Collection[Path],
    names: Iterable[str],
    catalog: CatalogProtocol[Any, Any],
    project: Path,
) -> None:
    """Write the digests of what DVC's cache gave back instead of a run, which no hook sees.

    Args:
        restored: Files and folders that were restored.
        names: Names of all datasets.
        catalog: Catalog that describes them.
        project: The project's folder.
    """
    paths = [path for name in names if (path := _guarded_path(name, catalog))] if restored else []
    record_digests([path for path in paths if path.absolute() in restored], project)


def _place_of(path: Path, project: Path) -> str:
    root = project.absolute()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def read_digests(project: Path) -> dict[str, str]:
    """Return path → digest, as the project's file has them; empty if it cannot be read."""
    try:
        known = json.loads((project / DIGESTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def digest(path: Path) -> str:
    """Return the digest of a file or of a student's folder."""
    return digest_folder(path) if path.is_dir() else digest_file(path)


def _guarded_path(name: str, catalog: CatalogProtocol[Any, Any]) -> Path | None:
    """Return the path of a dataset if it holds labels or a student."""
    from libra_emo.datasets import StudentDataset, TableDataset, dataset_path

    dataset = catalog.get(name) if name in catalog else None
    labels = isinstance(dataset, TableDataset) and name.endswith(LABELS)
    return dataset_path(dataset) if labels or isinstance(dataset, StudentDataset) else None
