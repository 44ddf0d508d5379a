"""Settings of the annotation server."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from libra_emo.common.options import Options

MAX_VOTES: Final = 100  # in one request


class ServerSettings(Options):
    """Settings of the annotation server.

    Attributes:
        lease_seconds: How long a clip is kept for a person who has it on the screen.
        session_days: How long a session lasts after the link was opened.
        link_days: How long a personal link can be opened after it was made.
        max_body_bytes: Largest body of a request.
        link_attempts: Wrong links that one address may try in a minute.
        requires_full_play: Whether a clip must be played to its end before it can be answered.
    """

    lease_seconds: int = Field(default=1800, ge=1)
    session_days: int = Field(default=180, ge=1)
    link_days: int = Field(default=180, ge=1)
    max_body_bytes: int = Field(default=512 * 1024, ge=1024)
    link_attempts: int = Field(default=20, ge=1)
    requires_full_play: bool = False
