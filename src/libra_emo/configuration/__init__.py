"""The configuration: how its layers are merged, what is allowed in it, and what it needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_remembered: dict[str, Any] = {}


def remember_parameters(parameters: dict[str, Any]) -> None:
    """Keep the parameters of the run, for code that Kedro does not hand them to."""
    _remembered.clear()
    _remembered.update(parameters)


def read_max_rounds() -> int:
    """Return the number of rounds, for the registry of pipelines.

    Kedro hands the registry neither environment nor `--params`. The parameters that the run's hooks
    remembered count, otherwise those of the files.
    """
    if "max_rounds" not in _remembered:
        from kedro.utils import find_kedro_project

        from libra_emo.configuration.loader import LayeredConfigLoader

        project = find_kedro_project(Path.cwd()) or Path.cwd()
        environment = os.environ.get("KEDRO_ENV")
        loader = LayeredConfigLoader(str(project / "conf"), environment, base_env="base")
        remember_parameters(loader["parameters"])
    return int(_remembered["max_rounds"])
