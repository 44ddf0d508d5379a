"""Paths of a checkout where there is none.

Values that name files of a checkout, such as `conf/base/prompts/annotate.jinja`, are read as files
of the configuration or of the installed package where a packaged project runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from kedro.utils import find_kedro_project, is_kedro_project

CONF: Final = "conf"
PACKAGE: Final = Path(__file__).parents[2]


def relocate(values: Any, conf: Path) -> Any:
    """Return values in which paths of a checkout lead to the configuration and to the package.

    Args:
        values: What configuration files hold.
        conf: Folder of the configuration.
    """
    if isinstance(values, dict):
        return {key: relocate(value, conf) for key, value in values.items()}
    if isinstance(values, list):
        return [relocate(value, conf) for value in values]
    if isinstance(values, str):
        for beginning, folder in ((f"{CONF}/", conf), (f"src/{PACKAGE.name}/", PACKAGE)):
            path = folder / values.removeprefix(beginning)
            if values.startswith(beginning) and path.exists():
                return _shortest(path)
    return values


def has_checkout(conf: Path) -> bool:
    """Return whether a configuration is that of the checkout in which the run takes place."""
    return is_kedro_project(conf.parent) and find_kedro_project(Path.cwd()) is not None


def _shortest(path: Path) -> str:
    """Return a path as it is seen from the working directory."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
