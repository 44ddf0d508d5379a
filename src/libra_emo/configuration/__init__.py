"""Configuration: how its layers are merged, what is allowed in it, and what it asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_told: dict[str, Any] = {}


def remember_parameters(parameters: dict[str, Any]) -> None:
    """Keep the parameters of the run, for what has no other way to learn them."""
    _told.clear()
    _told.update(parameters)


def read_max_rounds() -> int:
    """Return how many rounds there are to be, for the registry of pipelines.

    Kedro hands the registry neither environment nor `--params`: what the run's hooks remembered
    counts, otherwise what the files say.
    """
    if "max_rounds" not in _told:
        from kedro.utils import find_kedro_project

        from libra_emo.configuration.loader import LayeredConfigLoader

        project = find_kedro_project(Path.cwd()) or Path.cwd()
        environment = os.environ.get("KEDRO_ENV")
        loader = LayeredConfigLoader(str(project / "conf"), environment, base_env="base")
        remember_parameters(loader["parameters"])
    return int(_told["max_rounds"])
