"""The lead's reports: a campaign in detail, the history of a clip, exports."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation_server.reports.clip_history import find_clip, find_key, read_clip
from libra_emo.annotation_server.routes.rendering import find_language, render
from libra_emo.annotation_server.routes.sessions import Changing, Lead, Session, Shared
from libra_emo.annotation_server.server import AnnotationServer

if TYPE_CHECKING:
    from libra_emo.annotation_server.reports.campaigns import CampaignDetails

router = APIRouter()
MOST_LISTED: Final = 100
HEAT_STEPS: Final = 9  # the stylesheet has a colour for each
FORMATS: Final = {  # with the type of each file
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "crowdkit.csv": "text/csv",
    "labelstudio.json": "application/json",
}


class SentClip(BaseModel):
    """A clip's id, which no address holds."""

    clip_id: str = Field(max_length=500)


@router.get("/lead/campaigns/{token}")
def show_campaign(request: Request, token: str, session: Lead, server: Shared) -> HTMLResponse:
    """Show how a campaign goes: progress, agreement, people, clips that wait for adjudication."""
    campaign = find_campaign(server, session, token)
    details = server.reports.describe_campaign(campaign.name)
    if details is None:
        raise HTTPException(404, "not_found")
    people = server.store.annotators()
    shown = {row["label"]: row["name"] for row in server.describe_emotions(find_language(request))}
    waiting = details.report.undecided
    return render(
        request,
        "campaign.html.j2",
        session,
        token=token,
        report=details.report,
        agreement=details.agreement,
        alphas=_list_alphas(details),
        heat=_make_heat(details, shown),
        people=[(people[person.key].name, person) for person in details.people],
        waiting=[server.secret.clip(key) for key in waiting[:MOST_LISTED]],
        waiting_count=len(waiting),
        formats=[*FORMATS],
    )


@router.post("/api/lead/clip")
def post_clip(sent: SentClip, session: Changing, lead: Lead, server: Shared) -> dict[str, str]:
    """Return the page of a clip by the clip's id."""
    key = find_key(server.store, sent.clip_id.strip().replace("\0", ""))
    if key is None:
        raise HTTPException(404, "not_found")
    return {"path": f"/lead/clips/{server.secret.clip(key)}"}


@router.get("/lead/clips/{token}")
def show_clip(request: Request, token: str, session: Lead, server: Shared) -> HTMLResponse:
    """Show the whole history of a clip."""
    key = find_clip(server.store, server.secret, token)
    if key is None:
        raise HTTPException(404, "not_found")
    shown = {row["label"]: row["name"] for row in server.describe_emotions(find_language(request))}
    history = read_clip(server.store, key)
    clip = server.clips.get(key)
    words = clip.subtitle if clip else ""
    return render(request, "clip.html.j2", session, names=shown, words=words, **history)


@router.get("/lead/export/{name}")
def export(name: str, session: Lead, server: Shared) -> Response:
    """Return the votes of a campaign as a file, under pseudonyms."""
    token, _, form = name.partition(".")
    campaign = find_campaign(server, session, token)
    if form not in FORMATS:
        raise HTTPException(404, "not_found")
    from libra_emo.annotation_server.reports.exports import WRITERS

    content = WRITERS[form](server.store, campaign)
    headers = {"Content-Disposition": f'attachment; filename="votes.{form}"'}
    return Response(content, media_type=FORMATS[form], headers=headers)


def find_campaign(server: AnnotationServer, session: Session, token: str) -> Campaign:
    """Return the campaign that a token stands for on a lead's pages.

    Raises:
        HTTPException: 404 if there is none.
    """
    for name, campaign in server.store.campaigns().items():
        if server.secret.campaign(session.person.key, name) == token:
            return campaign
    raise HTTPException(404, "not_found")


def _list_alphas(details: CampaignDetails) -> list[tuple[str, Any]]:
    agreement = details.agreement
    rows = {
        "alpha_fine": agreement.fine,
        "alpha_coarse": agreement.coarse,
        "alpha_weighted": agreement.weighted,
    }
    return [(key, None if math.isnan(found.value) else found) for key, found in rows.items()]


def _make_heat(details: CampaignDetails, shown: dict[str, str]) -> list[dict[str, Any]]:
    """Return a row for each answer that was given, with a cell for each: share and step."""
    answers = details.report.campaign.answers
    agreement = details.agreement
    given = [place for place in range(len(answers)) if agreement.given[place] > 0]
    return [
        {
            "answer": answers[place],
            "name": shown.get(answers[place]),
            "votes": round(float(agreement.given[place])),
            "cells": [
                (float(share), min(HEAT_STEPS, int(share * (HEAT_STEPS + 1))))
                for share in agreement.partners[place][given]
            ],
        }
        for place in given
    ]
