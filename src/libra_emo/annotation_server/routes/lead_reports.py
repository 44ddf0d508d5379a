"""The lead's reports: a campaign in detail, the history of a clip, exports."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any, Final

import pandas as pd
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.exchange.label_studio import write_tasks
from libra_emo.annotation.exchange.tables import (
    tabulate_counted,
    tabulate_for_crowdkit,
    tabulate_history,
)
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.reports.campaigns import CampaignDetails
from libra_emo.annotation_server.reports.clip_history import find_clip, find_key, read_clip
from libra_emo.annotation_server.routes.rendering import find_language, render
from libra_emo.annotation_server.routes.sessions import Changing, Lead, Session, Shared
from libra_emo.annotation_server.server import AnnotationServer
from libra_emo.common.spreadsheets import guard_table

router = APIRouter()
MOST_LISTED: Final = 100
HEAT_STEPS: Final = 9  # the stylesheet has a colour for each


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
    write, media_type = FORMATS[form]
    headers = {"Content-Disposition": f'attachment; filename="votes.{form}"'}
    return Response(write(server.store, campaign), media_type=media_type, headers=headers)


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


def _write_parquet(store: VoteStore, campaign: Campaign) -> bytes:
    content = io.BytesIO()
    tabulate_history(store, campaign.name).to_parquet(content, index=False)
    return content.getvalue()


def _write_csv(table: pd.DataFrame) -> bytes:
    # the mark lets spreadsheets read the letters of all scripts
    text = "\ufeff" + guard_table(table).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8")


FORMATS: Final[dict[str, tuple[Callable[[VoteStore, Campaign], bytes], str]]] = {
    "parquet": (_write_parquet, "application/vnd.apache.parquet"),
    "csv": (lambda store, campaign: _write_csv(tabulate_history(store, campaign.name)), "text/csv"),
    "crowdkit.csv": (
        lambda store, campaign: _write_csv(tabulate_for_crowdkit(store, campaign)),
        "text/csv",
    ),
    "labelstudio.json": (
        lambda store, campaign: write_tasks(tabulate_counted(store, campaign)).encode("utf-8"),
        "application/json",
    ),
}
