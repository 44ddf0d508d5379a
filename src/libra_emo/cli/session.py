"""A Kedro session for commands that read the catalog and run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext


@contextmanager
def open_context(
    project: Path, environment: str | None, parameters: dict[str, Any] | None = None
) -> Iterator[KedroContext]:
    """Give the project's context; its parameters are checked on the way."""
    from kedro.framework.session import KedroSession

    session = KedroSession.create(project, env=environment, runtime_params=parameters)
    with session:
        yield session.load_context()
