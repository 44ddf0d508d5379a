"""Keys that came with Kedro's credentials; they show themselves to nobody who prints them."""

from __future__ import annotations

from collections.abc import Mapping


class Keys:
    """Keys by the voter's name, or by the name of the environment's variable.

    Args:
        keys: Name → key.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self._keys = dict(keys or {})

    def of(self, voter: str, provider: str) -> str | None:
        """Return a voter's key, or None where the environment may have it."""
        return self._keys.get(voter) or self._keys.get(f"{provider.upper()}_API_KEY")

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a key of that name."""
        return name in self._keys

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self._keys))})"
