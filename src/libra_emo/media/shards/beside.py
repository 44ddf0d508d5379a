"""Small files in a remote folder of shards."""

from __future__ import annotations

from libra_emo.common.secrecy.addresses import Address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources import AddressError, open_system
from libra_emo.media.sources.transfer import read_content


def read_beside(folder: Address, name: str) -> bytes | None:
    """Return the content of a file; None if it does not exist.

    Raises:
        AddressError: If it cannot be reached.
    """
    try:
        return read_content(folder.join(name), FetchingOptions())
    except AddressError as error:
        if error.kind == "gone":
            return None
        raise


def write_beside(folder: Address, name: str, content: bytes) -> None:
    """Write a file.

    Raises:
        AddressError: If it cannot be written.
    """
    system, root = open_system(folder)
    try:
        system.pipe_file(f"{root.rstrip('/')}/{name}", content)
    except Exception as error:  # every file system has its own errors
        reason = type(error).__name__
    else:
        return
    raise AddressError(
        f"{folder.join(name)}: it cannot be written ({reason}); check the login, or that the store "
        "can be written to",
        retry=False,
    )
