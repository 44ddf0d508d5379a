"""API keys out of Kedro's credentials; no print, log or traceback shows one."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr


class Keys:
    """API keys by the name of a model in the configuration, or by the environment's variable.

    Args:
        keys: Name → key.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self._keys = {name: SecretStr(key) for name, key in (keys or {}).items() if key}

    def find(self, name: str, provider: str) -> SecretStr | None:
        """Return the key of a model, or None if only the environment may have one.

        Args:
            name: Name of the voter or writer that asks the model.
            provider: Provider whose variable counts, such as `openai` for OPENAI_API_KEY; empty
                where a provider's key must not be sent.
        """
        return self._keys.get(name) or self._keys.get(f"{provider.upper()}_API_KEY")

    def secrets(self) -> list[str]:
        """Return the keys themselves, for a search that must not find them."""
        return [key.get_secret_value() for key in self._keys.values()]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a key of that name."""
        return name in self._keys

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self._keys))})"
