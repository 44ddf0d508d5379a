"""Where the real films, subtitles and labels lie that tests use where they are present."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("LIBRA_EMO_SHARED") or Path(__file__).parents[2] / "../shared")


def shared_file(name: str) -> Path:
    """Return a file under `real`, or skip the test that asks for it."""
    path = SHARED / "real" / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def cases_file(name: str) -> Path:
    """Return a file under `cases`, or skip the test that asks for it."""
    path = SHARED / "cases" / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path
