"""The lead's page: progress, and the links of people."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.identity.names import AnnotatorNameError
from libra_emo.annotation_server.access.links import count_links, make_link, revoke_links
from libra_emo.annotation_server.routes.rendering import render
from libra_emo.annotation_server.routes.sessions import Changing, Lead, Shared
from libra_emo.annotation_server.server import AnnotationServer

router = APIRouter()


class NewPerson(BaseModel):
    """A person to be registered."""

    name: str = Field(max_length=200)
    role: Literal["annotator", "adjudicator", "lead"] = "annotator"


class NamedPerson(BaseModel):
    """A person by the token that the page has."""

    person: str = Field(max_length=64)


class PersonState(NamedPerson):
    """Whether a person takes part."""

    active: bool


class Replacement(NamedPerson):
    """Who takes the place of a person."""

    name: str = Field(max_length=200)


@router.get("/lead")
def show_lead(request: Request, session: Lead, server: Shared) -> HTMLResponse:
    """Show how far the campaigns are, and who takes part."""
    links = count_links(server.store)
    known = server.store.annotators()
    pseudonyms = make_pseudonyms(server.store, known)
    reports = server.reports.list_campaigns()
    answered: Counter[str] = Counter()
    for report in reports:
        answered.update(report.by_person)
    people = [
        {
            "token": server.secret.person(person.key),
            "name": person.name,
            "role": person.role,
            "active": person.active,
            "answered": answered[person.key],
            "links": links.get(person.key, 0),
            "pseudonym": pseudonyms[person.key],
        }
        for person in known.values()
    ]
    campaigns = [
        (server.secret.campaign(session.person.key, report.campaign.name), report)
        for report in reports
    ]
    return render(request, "lead.html.j2", session, people=people, campaigns=campaigns)


@router.post("/api/lead/people")
def post_person(sent: NewPerson, session: Changing, lead: Lead, server: Shared) -> dict[str, str]:
    """Register a person, and return the person's link."""
    now = server.clock()
    try:
        new, known = server.store.add_annotators([sent.name], now, sent.role)
    except AnnotatorNameError as error:
        raise HTTPException(422, str(error)) from error
    if known:
        raise HTTPException(409, f"{known[0].name} is registered already")
    return _answer_link(server, new[0])


@router.post("/api/lead/links")
def post_link(sent: NamedPerson, session: Changing, lead: Lead, server: Shared) -> dict[str, str]:
    """Make a new link of a person; those that there are stay valid."""
    return _answer_link(server, _find(server, sent.person))


@router.post("/api/lead/revoke")
def post_revoke(sent: NamedPerson, session: Changing, lead: Lead, server: Shared) -> dict[str, int]:
    """Revoke all links of a person; the person's sessions end."""
    person = _find(server, sent.person)
    return {"revoked": revoke_links(server.store, person.key, server.clock())}


@router.post("/api/lead/state")
def post_state(sent: PersonState, session: Changing, lead: Lead, server: Shared) -> dict[str, bool]:
    """Pause a person, or take the person back; nobody keeps a clip while paused."""
    person = _find(server, sent.person)
    server.store.change_annotator(person.name, active=sent.active)
    return {"active": sent.active}


@router.post("/api/lead/replace")
def post_replace(
    sent: Replacement, session: Changing, lead: Lead, server: Shared
) -> dict[str, str]:
    """Let a new person take the place of another one, who gets no more clips.

    The places that were kept for the other person are free at once; votes that were given count.
    """
    before = _find(server, sent.person)
    answer = post_person(NewPerson(name=sent.name, role=before.role), session, lead, server)
    server.store.change_annotator(before.name, active=False)
    revoke_links(server.store, before.key, server.clock())
    return answer


def _answer_link(server: AnnotationServer, person: Annotator) -> dict[str, str]:
    secret = make_link(server.store, person.key, server.clock())
    return {"name": person.name, "path": f"/join/{secret}"}


def _find(server: AnnotationServer, token: str) -> Annotator:
    people: dict[str, Any] = {
        server.secret.person(key): person for key, person in server.store.annotators().items()
    }
    if token not in people:
        raise HTTPException(404, "not_found")
    found: Annotator = people[token]
    return found
