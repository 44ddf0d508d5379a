"""How many rounds are registered.

Kedro asks for the pipelines without saying with which configuration. A command that has one
tells it here first; without one, the parameters of the ordinary configuration decide.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from libra_emo.configuration.loader import LayeredConfigLoader

PROJECT = Path(__file__).parents[3]

_told: dict[str, int] = {}


def remember_rounds(parameters: dict[str, Any]) -> None:
    """Keep the parameter `max_rounds` of the configuration in use."""
    _told["max_rounds"] = int(parameters["max_rounds"])


def read_max_rounds(conf: Path = PROJECT / "conf") -> int:
    """Return the `max_rounds` in use, or that of the configuration folder."""
    if "max_rounds" in _told:
        return _told["max_rounds"]
    loader = LayeredConfigLoader(
        str(conf), env=os.environ.get("KEDRO_ENV"), base_env="base", default_run_env="local"
    )
    return int(loader["parameters"]["max_rounds"])
