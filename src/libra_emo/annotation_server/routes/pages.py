"""The pages: coming in by a link, home, and the page on which people work."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from libra_emo.annotation_server.access.links import open_link
from libra_emo.annotation_server.assignments.answers import count_answered
from libra_emo.annotation_server.assignments.campaigns import Duty, read_duties
from libra_emo.annotation_server.routes.rendering import find_language, render, render_message
from libra_emo.annotation_server.routes.sessions import COOKIE, Known, Session, Shared
from libra_emo.annotation_server.server import OTHER_KEY, AnnotationServer
from libra_emo.annotation_server.texts import read_texts

router = APIRouter()


@router.get("/join/{secret}")
def join(request: Request, secret: str, server: Shared) -> HTMLResponse:
    """Begin a session by a personal link.

    The page leads on by itself: after a redirect, browsers would not send a SameSite=Strict cookie
    to the next page, since the link came from another site.
    """
    address = request.client.host if request.client else ""
    if not server.attempts.allowed(address):
        return render_message(request, "too_many", status=429)
    oldest = server.clock() - timedelta(days=server.settings.link_days)
    link = open_link(server.store, secret, oldest)
    if link is None:
        server.attempts.fail(address)
        return render_message(request, "wrong_link", status=403)
    page = render_message(request, "joined", to="/")
    page.set_cookie(
        COOKIE,
        server.secret.sign_session(link),
        max_age=server.settings.session_days * 86_400,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return page


@router.get("/")
def home(request: Request, session: Known, server: Shared) -> HTMLResponse:
    """Show the campaigns in which the person is asked."""
    person = session.person
    duties = [
        {
            "token": server.secret.campaign(person.key, duty.campaign.name),
            "number": number,
            "answered": count_answered(server.store, duty.campaign.name, person),
            "share": duty.share,
            "adjudication": duty.campaign.is_adjudication,
        }
        for number, duty in enumerate(read_duties(server.store, person), start=1)
    ]
    return render(request, "home.html.j2", session, name=person.name, duties=duties)


@router.get("/label/{campaign}")
def work(request: Request, campaign: str, session: Known, server: Shared) -> HTMLResponse:
    """Show the page on which a person answers about clips."""
    duty = find_duty(server, session, campaign)
    language = find_language(request)
    page = {
        "campaign": campaign,
        "person": server.secret.person(session.person.key),
        "other": duty.campaign.other,
        "texts": read_texts(language),
    }
    emotions = [
        emotion
        for emotion in server.describe_emotions(language)
        if emotion["label"] in duty.campaign.labels
    ]
    return render(
        request,
        "work.html.j2",
        session,
        page=page,
        emotions=emotions,
        other=duty.campaign.other,
        other_key=OTHER_KEY,
    )


def find_duty(server: AnnotationServer, session: Session, token: str) -> Duty:
    """Return the campaign that a token stands for.

    Raises:
        HTTPException: 404 if the person is asked in no open campaign of this token.
    """
    for duty in read_duties(server.store, session.person):
        if server.secret.campaign(session.person.key, duty.campaign.name) == token:
            return duty
    raise HTTPException(404, "not_found")
