"""Parameters as MLflow keeps them: flat, as short text, without secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SECRET_WORDS = ("key", "token", "secret", "password", "credential")
MAX_TEXT = 5900  # MLflow keeps 6,000 characters


def flatten_parameters(values: Any, prefix: str = "") -> dict[str, str]:
    """Return every value in nested mappings as text under its path: short, without secrets.

    A path of this machine keeps its last part alone; a URL loses its user and its password.

    Args:
        values: Mappings, lists and values.
        prefix: Path of the values.
    """
    if isinstance(values, dict):
        flat: dict[str, str] = {}
        for key, value in values.items():
            if not any(word in str(key).lower() for word in SECRET_WORDS):
                flat.update(flatten_parameters(value, f"{prefix}.{key}" if prefix else str(key)))
        return flat
    if isinstance(values, list | tuple) and any(isinstance(value, dict) for value in values):
        numbered = {str(number): value for number, value in enumerate(values)}
        return flatten_parameters(numbered, prefix)
    return {prefix: _as_text(values)[:MAX_TEXT]}


def _as_text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else str(value)
    if "://" in text:
        parts = urlsplit(text)
        return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], query=""))
    return Path(text).name if text.startswith("/") else text
