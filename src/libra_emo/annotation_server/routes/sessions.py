"""Sessions: who sends a request, and whether it may change something."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Request

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation_server.access.links import find_person
from libra_emo.annotation_server.server import AnnotationServer

COOKIE: Final = "libra_emo_session"


@dataclass(frozen=True)
class Session:
    """A person who came in by a link.

    Attributes:
        link: Id of the link.
        person: Whose link it is.
        csrf: What requests that change something must repeat.
    """

    link: str
    person: Annotator
    csrf: str


async def get_server(request: Request) -> AnnotationServer:
    """Return what the routes share."""
    server: AnnotationServer = request.app.state.server
    return server


Shared = Annotated[AnnotationServer, Depends(get_server)]


def read_session(request: Request, server: Shared) -> Session:
    """Return the session of a request.

    Raises:
        HTTPException: 401 if there is none, or its link is revoked.
    """
    cookie = request.cookies.get(COOKIE, "")
    link = server.secret.read_session(cookie, server.settings.session_days)
    person = find_person(server.store, link) if link else None
    if link is None or person is None:
        raise HTTPException(401, "no_session")
    return Session(link, person, server.secret.csrf(link))


Known = Annotated[Session, Depends(read_session)]


async def read_changing(session: Known, x_csrf_token: Annotated[str, Header()] = "") -> Session:
    """Return the session of a request that changes something.

    Raises:
        HTTPException: 403 if the request does not repeat the session's CSRF token.
    """
    if not hmac.compare_digest(x_csrf_token.encode(), session.csrf.encode()):
        raise HTTPException(403, "csrf")
    return session


Changing = Annotated[Session, Depends(read_changing)]


async def read_lead(session: Known) -> Session:
    """Return the session of a lead.

    Raises:
        HTTPException: 403 for anybody else.
    """
    if session.person.role != "lead":
        raise HTTPException(403, "not_allowed")
    return session


Lead = Annotated[Session, Depends(read_lead)]
