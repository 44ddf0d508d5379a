"""Secrets in texts of others: what is known to be secret is hidden, whatever it looks like.

Texts of our own never hold a secret. A server, however, may repeat a key in its answer, whole or in
part, and keys have no common form. So the values themselves are looked for, not their form.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final
from urllib.parse import quote

from libra_emo.common.secrecy.addresses import is_address, parse_address

HIDDEN: Final = "…"
SHORTEST_PART: Final = 6
SHORTEST_VALUE: Final = 8
_NAMES: Final = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|_PAT$|_PWD$", re.IGNORECASE)
_BYTES_IN_BASE64: Final = 3


def hide_secrets(text: str, secrets: Iterable[str], shortest: int = SHORTEST_PART) -> str:
    """Return a text without secrets, and without longer parts of them.

    A secret is found as it is, in base64, and escaped for JSON or for an address.

    Args:
        text: A text of others, such as the message of a server.
        secrets: The secrets.
        shortest: Number of characters from which a part of a secret is hidden.
    """
    spans = [
        span
        for secret in secrets
        for form in _forms(secret)
        for span in _find_parts(text, form, shortest)
    ]
    parts: list[str] = []
    here = 0
    for start, end in sorted(spans):
        if end <= here:
            continue
        if start > here or not parts:
            parts += [text[here:start], HIDDEN]
        here = end
    return "".join([*parts, text[here:]])


def list_environment_secrets(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the values of variables whose names say that they are secret, and logins of addresses.

    A package that asks a provider finds its key there by itself.
    """
    found = []
    for name, value in environment.items():
        if is_address(value):
            found += [one for link in parse_address(value).credentials for one in link.values]
        elif _NAMES.search(name) and not value.startswith("/"):
            found.append(value)
    return [value for value in found if len(value) >= SHORTEST_VALUE]


@cache
def _forms(secret: str) -> frozenset[str]:
    """Return how a secret may be written."""
    forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}
    content = secret.encode("utf-8", "surrogateescape")
    if len(content) >= SHORTEST_VALUE:
        for before in range(_BYTES_IN_BASE64):
            encoded = base64.b64encode(b"\0" * before + content).decode()
            forms.add(encoded[4 if before else 0 :].rstrip("=")[:-1])
    return frozenset(forms)


def _find_parts(text: str, secret: str, shortest: int) -> list[tuple[int, int]]:
    """Return the places of a text where a secret or a longer part of it stands."""
    size = min(shortest, len(secret))
    if size == 0:
        return []
    parts = {secret[start : start + size] for start in range(len(secret) - size + 1)}
    if not any(part in text for part in parts):  # quick, and true of nearly every text
        return []
    return [
        (start, start + size)
        for start in range(len(text) - size + 1)
        if text[start : start + size] in parts
    ]
