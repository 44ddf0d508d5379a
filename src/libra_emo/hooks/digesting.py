"""Digests of labels and students in a file that git holds, so that swapped ones are noticed."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

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

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Warn of labels and students that this run reads and that are not those of git."""
        known = read_digests(self.project)
        for name in sorted(pipeline.inputs()):
            path = _guarded_path(name, catalog)
            place = None if path is None else self._place_of(path)
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
    def after_node_run(self, node: Node, catalog: CatalogProtocol[Any, Any]) -> None:
        """Write the digests of the labels and students that a node made."""
        paths = [path for name in node.outputs if (path := _guarded_path(name, catalog))]
        made = {self._place_of(path): digest(path) for path in paths if path.exists()}
        known = read_digests(self.project)
        if made.items() - known.items():
            write_json(self.project / DIGESTS, dict(sorted({**known, **made}.items())))

    def _place_of(self, path: Path) -> str:
        root = self.project.absolute()
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
