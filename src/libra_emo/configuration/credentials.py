"""Checks the keys in Kedro's credentials; no message shows a key."""

from __future__ import annotations

from typing import Any

from kedro.config import MissingConfigException

from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader

GROUP = "llm_keys"
KIND = "credentials"


def check_credentials(loader: LayeredConfigLoader) -> None:
    """Raise unless the models' keys are a mapping from names to texts.

    Raises:
        ConfigurationError: Naming the file and the key's name.
    """
    try:
        keys: Any = loader[KIND].get(GROUP) or {}
    except MissingConfigException:
        return
    if not isinstance(keys, dict):
        place = loader.place_of(GROUP, KIND)
        raise ConfigurationError(f"{place}: {GROUP}: must be a mapping from names to keys")
    for name, key in keys.items():
        if not isinstance(key, str) or not key.strip() or key != key.strip():
            full = f"{GROUP}.{name}"
            raise ConfigurationError(
                f"{loader.place_of(full, KIND)}: {full}: must be a key as text, without spaces"
            )
