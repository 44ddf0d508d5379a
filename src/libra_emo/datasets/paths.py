"""Where a dataset's file or folder lies, for code that only has the dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def dataset_path(dataset: Any) -> Path | None:
    """Return the file or folder of a dataset; None if it has none, or is only in memory.

    Kedro's own datasets and ours keep it under the same name.
    """
    path = getattr(dataset, "_filepath", None)
    return None if path is None else Path(path)
