"""Whether a tracking server answers, asked once and with a short limit."""

from __future__ import annotations

import os
from http.client import HTTPException
from ssl import SSLError
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from libra_emo.errors import LibraEmoError

ANSWER_SECONDS: Final = 3.0
# statuses of a gateway whose server is away
AWAY: Final = frozenset({502, 503, 504})
# otherwise MLflow waits for more than four minutes, at each of its questions
_LIMITS: Final = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


class TrackingServerAwayError(LibraEmoError):
    """The tracking server does not answer."""


def check_server(uri: str) -> None:
    """Raise if a tracking server does not answer; files and databases have none.

    Args:
        uri: MLflow's tracking URI.

    Raises:
        TrackingServerAwayError: Naming the server, without the user's name and password.
    """
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return
    for name, value in _LIMITS.items():
        os.environ.setdefault(name, value)
    host = parts.netloc.rpartition("@")[2]
    address = urlunsplit((parts.scheme, host, f"{parts.path.rstrip('/')}/health", "", ""))
    try:
        with urlopen(address, timeout=ANSWER_SECONDS):  # noqa: S310 - HTTP alone, see above
            return
    except HTTPError as error:
        if error.code in AWAY:
            raise TrackingServerAwayError(_describe(host, f"status {error.code}")) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        if not isinstance(reason, SSLError):  # it answers; whether it is trusted, MLflow decides
            raise TrackingServerAwayError(_describe(host, reason)) from error


def _describe(host: str, reason: object) -> str:
    return f"the tracking server {host} does not answer ({reason or 'no answer'})"
