"""Why an address cannot be opened, in words of our own: what libraries say may hold secrets."""

from __future__ import annotations

import errno
import os
import socket
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final, Literal

from libra_emo.common.retry_after import read_retry_after
from libra_emo.errors import LibraEmoError

FailureKind = Literal["gone", "wrong", "passing"]
"""Gone: there is no such file. Wrong: the address or the file will never do. Passing: all else."""

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_LONGEST_CHAIN: Final = 12
_BROKEN_ARCHIVE: Final = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)
# errors of aiohttp and others, by name, so that their packages are not imported for this
_REASONS: Final = {
    "TooManyRedirects": "the server redirects in a circle",
    "ServerDisconnectedError": "the server breaks the connection off",
    "ClientPayloadError": "the answer breaks off",
    "ContentLengthError": "the answer breaks off",
    "ConnectionResetError": "the server breaks the connection off",
    "ConnectionAbortedError": "the server breaks the connection off",
    "BrokenPipeError": "the server breaks the connection off",
    "ConnectionRefusedError": "the connection is refused",
    "ClientConnectorDNSError": "the name of the server cannot be resolved",
    "ClientConnectorCertificateError": "the certificate of the server is not valid",
    "ClientConnectorSSLError": "no secure connection can be made",
    "NoCredentialsError": "there are no credentials for it",
    "BadStatusLine": "the answer is not HTTP",
    "BadHttpMessage": "the answer is not HTTP",
}
_WRONG_ADDRESS: Final = frozenset({"InvalidURL", "InvalidUrlClientError", "NonHttpUrlClientError"})


class AddressError(LibraEmoError):
    """An address cannot be opened.

    Attributes:
        kind: Whether the file is gone, the address wrong, or the trouble may pass.
        retry: Whether to try again may help in this run.
        wait_seconds: Time that the server asks to wait.
        status: Status of the server's answer.
    """

    def __init__(
        self,
        message: str,
        kind: FailureKind = "passing",
        retry: bool = True,
        wait_seconds: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.retry = retry and kind == "passing"
        self.wait_seconds = wait_seconds
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle restores it in another process."""
        values = (str(self), self.kind, self.retry, self.wait_seconds, self.status)
        return AddressError, values


def explain_failure(shown: str, error: BaseException) -> AddressError:
    """Return why an address cannot be opened.

    The text of the error is not used: it may quote the address with its credentials.

    Args:
        shown: The address as it may be shown.
        error: The error, with those behind it.
    """
    chain = list(_chain(error))
    known = next((one for one in chain if isinstance(one, AddressError)), None)
    if known is not None:
        return known
    status = next((s for s in (getattr(one, "status", None) for one in chain) if s), None)
    names = [type(one).__name__ for one in chain]
    reason = next((_REASONS[name] for name in names if name in _REASONS), None)
    if reason is None and isinstance(status, int):
        return _explain_status(shown, status, chain)
    if reason is not None:
        return AddressError(_message(shown, reason))
    return _explain_other(shown, chain, names)


def _explain_status(shown: str, status: int, chain: list[BaseException]) -> AddressError:
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    kind: FailureKind = "gone" if status in GONE else "passing"
    message = _message(shown, f"the server answers {phrase}")
    return AddressError(message, kind, wait_seconds=_wait(chain), status=status)


def _explain_other(shown: str, chain: list[BaseException], names: list[str]) -> AddressError:
    """Return what an error without the status of a server means."""
    if _WRONG_ADDRESS.intersection(names):
        return AddressError(_message(shown, "it is not a valid address"), "wrong")
    if any(isinstance(one, ImportError) for one in chain):
        reason = f"a package is missing: {_package(shown)}"
        return AddressError(_message(shown, reason), retry=False)
    if any(isinstance(one, _BROKEN_ARCHIVE) for one in chain):
        return AddressError(_message(shown, "the archive is damaged"), "wrong")
    reason, kind = _explain_last(chain)
    return AddressError(_message(shown, reason), kind)


def _explain_last(chain: list[BaseException]) -> tuple[str, FailureKind]:
    """Return what the innermost error says about the file, and of which kind that is."""
    if any(isinstance(one, socket.gaierror) for one in chain):
        return _REASONS["ClientConnectorDNSError"], "passing"
    if any(isinstance(one, TimeoutError) for one in chain):
        return "there is no answer in time", "passing"
    number = next((n for n in (getattr(one, "errno", None) for one in chain) if n), None)
    last = chain[-1]
    if isinstance(last, FileNotFoundError | KeyError):
        return "there is no such file", "gone"
    if isinstance(last, ValueError) and number is None:
        return "no kind of store is known for it", "wrong"
    if isinstance(number, int) or isinstance(last, PermissionError):
        number = number or errno.EACCES
        return os.strerror(number).lower(), "passing"
    return f"{type(last).__name__} in the package that opens it", "passing"


def _message(shown: str, reason: str) -> str:
    return f"{shown}: it cannot be fetched: {reason}"


def _package(shown: str) -> str:
    """Return what fsspec says about the package of a store, which it knows in advance."""
    from fsspec.registry import known_implementations

    protocols = [link.partition("://")[0] for link in shown.split("::")]
    hints = [known_implementations.get(name, {}).get("err") for name in protocols]
    return next((hint for hint in hints if hint), f"the one for {protocols[-1]}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if current is None:
            return
        yield current
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)


def _wait(chain: list[BaseException]) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait."""
    headers: Any = next((h for h in (getattr(one, "headers", None) for one in chain) if h), {})
    value = headers.get("Retry-After")
    return read_retry_after(value) if value else None
