"""Settings of the annotation server."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from libra_emo.common.options import Options
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant

MAX_VOTES: Final = 100  # in one request
KnownKind = Literal["training", "calibration"]  # campaigns about clips with known labels


class ServingOptions(Options):
    """The parameters of `annotation_server`.

    Attributes:
        lease_seconds: How long a clip is kept for a person who has it on the screen.
        session_days: How long a session lasts after the link was opened.
        link_days: How long a personal link can be opened after it was made.
        max_body_bytes: Largest body of a request.
        link_attempts: Wrong links that one address may try in a minute.
        requires_full_play: Whether a clip must be played to its end before it can be answered.
        sound_check: Whether people count tones before they work.
        sound_check_hours: How long a sound check holds.
        break_minutes: Time after which a break is suggested.
        required_first: Kinds of campaigns that a person finishes before the first clip of others.
        required_share: Share of right first answers that such a campaign needs.
    """

    lease_seconds: int = Field(default=1800, ge=1)
    session_days: int = Field(default=180, ge=1)
    link_days: int = Field(default=180, ge=1)
    max_body_bytes: int = Field(default=512 * 1024, ge=1024)
    link_attempts: int = Field(default=20, ge=1)
    requires_full_play: bool = False
    sound_check: bool = True
    sound_check_hours: int = Field(default=12, ge=1)
    break_minutes: int = Field(default=45, ge=1)
    required_first: tuple[KnownKind, ...] = ()
    required_share: float = Field(default=0.0, ge=0, le=1)


class ServerSettings(ServingOptions):
    """Settings of the annotation server.

    Attributes:
        person_meant: Whose emotion is meant, the parameter of that name.
    """

    person_meant: PersonMeant = DEFAULT_PERSON
