"""The sound check: people count tones before they work, or say that they work without sound."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from libra_emo.annotation_server.access.sound_check import make_tones
from libra_emo.annotation_server.routes.rendering import render
from libra_emo.annotation_server.routes.sessions import Changing, Known, Session, Shared
from libra_emo.annotation_server.server import AnnotationServer

SOUND_COOKIE: Final = "libra_emo_sound"
MAX_ATTEMPT: Final = 1_000_000
Attempt = Annotated[int, Query(ge=0, le=MAX_ATTEMPT)]
router = APIRouter()


class SentCount(BaseModel):
    """How many tones a person counted; no number if the person works without sound."""

    attempt: int = Field(ge=0, le=MAX_ATTEMPT)
    answer: int | None = Field(default=None, ge=0, le=1000)


def read_heard(request: Request, session: Session, server: AnnotationServer) -> bool | None:
    """Return whether the person hears clips, or None if the sound was not checked lately."""
    cookie = request.cookies.get(SOUND_COOKIE, "")
    return server.secret.read_sound(cookie, session.link, server.settings.sound_check_hours)


@router.get("/sound-check")
def show_sound_check(
    request: Request,
    session: Known,
    campaign: Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")] = "",
) -> HTMLResponse:
    """Show the page on which a person counts tones."""
    to = f"/label/{campaign}" if campaign else "/"
    return render(request, "sound.html.j2", session, to=to)


@router.get("/media/tones/{attempt}")
def get_tones(attempt: int, session: Known, server: Shared) -> Response:
    """Return the tones of an attempt."""
    count = server.secret.draw_tones(session.link, attempt)
    return Response(make_tones(count), media_type="audio/wav")


@router.post("/api/sound-check")
def post_sound_check(
    sent: SentCount, request: Request, response: Response, session: Changing, server: Shared
) -> dict[str, bool]:
    """Check how many tones were counted; a person who works without sound may go on, too."""
    heard = sent.answer is not None
    passed = not heard or sent.answer == server.secret.draw_tones(session.link, sent.attempt)
    if passed:
        response.set_cookie(
            SOUND_COOKIE,
            server.secret.sign_sound(session.link, heard),
            max_age=server.settings.sound_check_hours * 3600,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return {"passed": passed}
