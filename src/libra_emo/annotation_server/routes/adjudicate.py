"""The pages of adjudicators: which clips are to be decided, and the discussion of each."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field, field_validator

from libra_emo.annotation_server.adjudications.access import (
    Case,
    find_case,
    mark_opened,
    may_adjudicate,
)
from libra_emo.annotation_server.adjudications.deciding import add_decision, add_message
from libra_emo.annotation_server.adjudications.reading import (
    list_cases,
    read_discussion,
    read_votes_of_others,
)
from libra_emo.annotation_server.assignments.campaigns import Duty
from libra_emo.annotation_server.routes.pages import find_duty
from libra_emo.annotation_server.routes.rendering import find_language, render
from libra_emo.annotation_server.routes.sessions import Changing, Known, Session, Shared
from libra_emo.annotation_server.server import AnnotationServer
from libra_emo.annotation_server.texts import read_texts

router = APIRouter()
MOST_LISTED = 200


def read_adjudicator(session: Known, server: Shared) -> Session:
    """Return the session of an adjudicator.

    Raises:
        HTTPException: 403 for anybody else.
    """
    if not may_adjudicate(server.store, session.person):
        raise HTTPException(403, "not_allowed")
    return session


Adjudicator = Annotated[Session, Depends(read_adjudicator)]


class SentMessage(BaseModel):
    """A message to the discussion of a clip; `id` is the browser's."""

    id: UUID
    campaign: str = Field(max_length=64)
    task: str = Field(max_length=64)
    text: str = Field(max_length=2000)

    @field_validator("text")
    @classmethod
    def _keep_what_a_database_can_hold(cls, text: str) -> str:
        kept = text.encode("utf-8", "replace").decode().replace("\0", "?").strip()
        if not kept:
            raise ValueError("the text is empty")
        return kept


class SentDecision(SentMessage):
    """A decision; its text is the reason."""

    label: str = Field(max_length=100)


@router.get("/adjudicate/{campaign}")
def show_cases(
    request: Request, campaign: str, session: Adjudicator, server: Shared
) -> HTMLResponse:
    """Show the clips of an adjudication."""
    duty = _find_adjudication(server, session, campaign)
    cases = list_cases(server.store, server.secret, duty.campaign, session.person)
    states = ("waiting", "open", "decided")
    counts = {state: sum(case["state"] == state for case in cases) for state in states}
    return render(
        request,
        "cases.html.j2",
        session,
        campaign=campaign,
        cases=cases[:MOST_LISTED],
        counts=counts,
        names=_name_answers(server, duty, find_language(request)),
    )


@router.get("/adjudicate/{campaign}/{token}")
def show_case(
    request: Request, campaign: str, token: str, session: Adjudicator, server: Shared
) -> HTMLResponse:
    """Show a clip: alone until the person has answered, then with what others answered."""
    case = _find_case(server, session, campaign, token)
    language = find_language(request)
    duty = _find_adjudication(server, session, campaign)
    shown: dict[str, Any] = {"votes": [], "discussion": None}
    if case.answered:
        mark_opened(server.store, case.token, server.clock())
        shown["votes"] = read_votes_of_others(server.store, case)
        shown["discussion"] = read_discussion(server.store, case, session.person)
    clip = server.describe_clip(case.clip_key, language)
    return render(
        request,
        "case.html.j2",
        session,
        page={
            "campaign": campaign,
            "task": token,
            "boxes": clip["face"]["boxes"] if clip["face"] else [],
        },
        clip=clip,
        whose=read_texts(language)[f"whose_{server.settings.person_meant}"],
        names=_name_answers(server, duty, language),
        other=duty.campaign.other,
        **shown,
    )


@router.post("/api/adjudicate/message")
def post_message(
    sent: SentMessage, session: Changing, person: Adjudicator, server: Shared
) -> dict[str, str]:
    """Add a message to the discussion of a clip that the person answered blind."""
    case = _find_answered(server, session, sent)
    now = server.clock()
    done = add_message(server.store, case, session.person, str(sent.id), sent.text, now)
    return _answer(done)


@router.post("/api/adjudicate/decision")
def post_decision(
    sent: SentDecision, session: Changing, person: Adjudicator, server: Shared
) -> dict[str, str]:
    """Decide a clip that the person answered blind."""
    case = _find_answered(server, session, sent)
    done = add_decision(
        *(server.store, case, session.person, str(sent.id)), sent.label, sent.text, server.clock()
    )
    return _answer(done)


def _answer(done: str) -> dict[str, str]:
    if done != "stored":
        raise HTTPException(409, done)
    return {"state": done}


def _find_adjudication(server: AnnotationServer, session: Session, token: str) -> Duty:
    duty = find_duty(server, session, token)
    if not duty.campaign.is_adjudication:
        raise HTTPException(404, "not_found")
    return duty


def _find_case(server: AnnotationServer, session: Session, campaign: str, token: str) -> Case:
    duty = _find_adjudication(server, session, campaign)
    known = token.isascii() and token.isalnum()
    case = (
        find_case(
            *(server.store, server.secret, duty.campaign), session.person, token, server.clock()
        )
        if known
        else None
    )
    if case is None:
        raise HTTPException(404, "not_found")
    return case


def _find_answered(server: AnnotationServer, session: Session, sent: SentMessage) -> Case:
    case = _find_case(server, session, sent.campaign, sent.task)
    if not case.answered:
        raise HTTPException(403, "blind_first")
    return case


def _name_answers(server: AnnotationServer, duty: Duty, language: str) -> dict[str, str]:
    """Return the answers of a campaign with the names that the page shows."""
    shown = {row["label"]: row["name"] for row in server.describe_emotions(language)}
    return {label: shown.get(label, label) for label in duty.campaign.labels}
