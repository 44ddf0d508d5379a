"""Turns off telemetry and known warnings of the packages that this project is built on."""

from __future__ import annotations

import os
import warnings
from collections.abc import MutableMapping

SILENCE = {
    "DO_NOT_TRACK": "1",
    "KEDRO_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_DISABLE_AGENT_HINTS": "true",
    "DVC_NO_ANALYTICS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "GIT_PYTHON_REFRESH": "quiet",
}


# of Kedro's own making: which call it uses of OmegaConf's, and the names of rounds' datasets
NOISE = (r"[\s]*register_new_resolver\(\) is deprecated", r"One or more dataset names contain '\.'")


def keep_quiet(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what turns telemetry off (what is set already stays), and silence known warnings."""
    for name, value in SILENCE.items():
        environment.setdefault(name, value)
    for message in NOISE:
        warnings.filterwarnings("ignore", message=message, category=UserWarning)
