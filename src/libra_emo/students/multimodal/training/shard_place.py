"""Where the program finds the clips: a folder, or an address whose login lies in a private file.

The specification names the address without its login, because others may read it. The login is in
a file that only its owner may read, and only while the training runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from libra_emo.common.secrecy.addresses import Address, Credentials, parse_address
from libra_emo.media.shards import ShardReader

LOGIN: Final = ".shards.login"
_FIELDS: Final = ("username", "password", "query")


def name_place(folder: Path | Address) -> str:
    """Return the place of the clips as the specification names it."""
    return folder.shown if isinstance(folder, Address) else str(folder.resolve())


@contextmanager
def lend_login(run: Path, folder: Path | Address) -> Iterator[None]:
    """Keep the login of an address beside a specification while the block lasts."""
    path = run / LOGIN
    path.unlink(missing_ok=True)  # of a start that was killed
    if not isinstance(folder, Address) or not folder.has_secrets:
        yield
        return
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump([_reveal(one) for one in folder.credentials], file)
        yield
    finally:
        path.unlink(missing_ok=True)


def open_shards(run: Path, place: str) -> ShardReader:
    """Return a reader of the clips that a specification names.

    Args:
        run: Folder of the training.
        place: Place of the clips as `name_place` returned it.
    """
    path = run / LOGIN
    if not path.is_file():
        return ShardReader(place)
    found = [
        Credentials(**{name: SecretStr(value) for name, value in one.items()})
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]
    return ShardReader(replace(parse_address(place), credentials=tuple(found)))


def _reveal(one: Credentials) -> dict[str, str]:
    values = {name: getattr(one, name) for name in _FIELDS}
    return {name: value.get_secret_value() for name, value in values.items() if value is not None}
