"""A configuration and a Kedro session for commands of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from kedro.framework.cli.utils import _split_params

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

Command = TypeVar("Command", bound=Callable[..., Any])

environment_option = click.option("--env", "-e", help="Kedro configuration environment.")


def configured(command: Command) -> Command:
    """Give a command the options --env and --params, as `kedro run` has them."""
    parameters = click.option(
        "--params",
        type=click.UNPROCESSED,
        default="",
        callback=_split_params,
        help="Parameters that override those in the files, such as seed=7,max_rounds=2.",
    )
    return environment_option(parameters(command))


@contextmanager
def open_context(
    project: Path, environment: str | None, parameters: dict[str, Any] | None = None
) -> Iterator[KedroContext]:
    """Give the project's context; its parameters are checked on the way."""
    from kedro.framework.session import KedroSession

    session = KedroSession.create(project, env=environment, runtime_params=parameters)
    with session:
        yield session.load_context()
