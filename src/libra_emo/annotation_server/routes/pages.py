"""The pages: coming in by a link, home, and the page on which people work."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from libra_emo.annotation.campaigns import CALIBRATION, PREFERENCE, PREFERENCES, TRAINING
from libra_emo.annotation_server.access.links import open_link
from libra_emo.annotation_server.assignments.answers import count_answered
from libra_emo.annotation_server.assignments.campaigns import Duty, read_duties
from libra_emo.annotation_server.routes.rendering import find_language, render, render_message
from libra_emo.annotation_server.routes.sessions import COOKIE, Known, Session, Shared
from libra_emo.annotation_server.routes.sound import read_heard
from libra_emo.annotation_server.server import OTHER_KEY, AnnotationServer
from libra_emo.annotation_server.texts import read_texts
from libra_emo.annotation_server.texts.emotions import contrast_cards

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
    person, now = session.person, server.clock()
    duties = [
        {
            "token": server.secret.campaign(person.key, duty.campaign.name),
            "number": number,
            "answered": count_answered(server.store, duty.names, person),
            "share": duty.share,
            "adjudication": duty.campaign.is_adjudication,
            "kind": duty.campaign.kind,
            "gate": server.find_gate(duty.campaign, person),
            "waits": server.assigner.has_task(duty, person, now),
        }
        for number, duty in enumerate(read_duties(server.store, person), start=1)
    ]
    return render(request, "home.html.j2", session, name=person.name, duties=duties)


@router.get("/label/{campaign}")
def work(request: Request, campaign: str, session: Known, server: Shared) -> Response:
    """Show the page on which a person answers about clips, once the sound was checked."""
    duty = find_duty(server, session, campaign)
    if server.find_gate(duty.campaign, session.person):
        return RedirectResponse("/", 303)  # home says what comes first
    heard = read_heard(request, session, server)
    if heard is None and server.settings.sound_check:
        return RedirectResponse(f"/sound-check?campaign={campaign}", 303)
    language = find_language(request)
    texts, kind = read_texts(language), duty.campaign.kind
    page = {
        "campaign": campaign,
        "person": server.secret.person(session.person.key),
        "other": duty.campaign.other,
        "texts": texts,
        "feedback": kind == TRAINING,
        "muted": heard is False,
        "break_minutes": server.settings.break_minutes,
    }
    asked = set(duty.campaign.labels)
    emotions = [each for each in server.describe_emotions(language) if each["label"] in asked]
    shown = {each["label"] for each in emotions}
    return render(
        request,
        "work.html.j2",
        session,
        page=page,
        emotions=emotions,
        choices=describe_choices(texts) if kind == PREFERENCE else [],
        contrasts=[
            card
            for card in contrast_cards(server.taxonomy, language)
            if shown.issuperset(each["label"] for each in card["emotions"])
        ],
        other=duty.campaign.other,
        other_key=OTHER_KEY,
        whose=texts[f"whose_{server.settings.person_meant}"],
        results=f"/results/{campaign}" if kind in (TRAINING, CALIBRATION) else "",
    )


def describe_choices(texts: dict[str, str]) -> list[dict[str, str]]:
    """Return the answers about two texts, each with its key."""
    return [
        {"label": label, "name": texts[f"prefer_{label}"], "key": str(number)}
        for number, label in enumerate(PREFERENCES, start=1)
    ]


def find_duty(server: AnnotationServer, session: Session, token: str) -> Duty:
    """Return the campaign that a token stands for.

    Raises:
        HTTPException: 404 if the person is asked in no open campaign of this token.
    """
    for duty in read_duties(server.store, session.person):
        if server.secret.campaign(session.person.key, duty.campaign.name) == token:
            return duty
    raise HTTPException(404, "not_found")
