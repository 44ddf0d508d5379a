"""Training and calibration: what is known about the clips that a person has answered about."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from libra_emo.annotation.campaigns import CALIBRATION, TRAINING, Campaign
from libra_emo.annotation_server.assignments.known_labels import Checked, read_checked
from libra_emo.annotation_server.routes.pages import find_duty
from libra_emo.annotation_server.routes.rendering import find_language, render
from libra_emo.annotation_server.routes.sessions import Known, Shared
from libra_emo.annotation_server.server import AnnotationServer
from libra_emo.annotation_server.texts import read_texts
from libra_emo.annotation_server.texts.emotions import contrast_cards

router = APIRouter()


@router.get("/api/feedback/{token}")
def get_feedback(request: Request, token: str, session: Known, server: Shared) -> dict[str, Any]:
    """Return the known label of a clip of a training, once the person has answered."""
    known = token.isascii() and token.isalnum()
    task = server.assigner.find(token, session.person) if known else None
    campaign = server.store.campaigns().get(task.campaign) if task else None
    if task is None or campaign is None or campaign.kind != TRAINING:
        raise HTTPException(404, "not_found")
    for checked in read_checked(server.store, campaign, session.person):
        if checked.clip_key == task.clip_key:
            return describe_checked(server, find_language(request), campaign, checked)
    raise HTTPException(404, "not_found")


@router.get("/results/{campaign}")
def show_results(request: Request, campaign: str, session: Known, server: Shared) -> HTMLResponse:
    """Show a person's answers beside the known labels, once every clip is answered."""
    duty = find_duty(server, session, campaign)
    if duty.campaign.kind not in (TRAINING, CALIBRATION):
        raise HTTPException(404, "not_found")
    language = find_language(request)
    # a calibration measures the person, so it shows nothing before its end
    waits = server.assigner.has_task(duty, session.person, server.clock())
    checked = [] if waits else read_checked(server.store, duty.campaign, session.person)
    rows = [describe_checked(server, language, duty.campaign, each) for each in checked]
    back = f"/label/{campaign}"
    return render(request, "lesson.html.j2", session, rows=rows, waits=waits, back=back)


def describe_checked(
    server: AnnotationServer, language: str, campaign: Campaign, checked: Checked
) -> dict[str, Any]:
    """Return an answer beside the known label, with what tells the two apart."""
    emotions = {each["label"]: each for each in server.describe_emotions(language)}
    none = read_texts(language)["other"]
    pair = {checked.answer, checked.truth}
    cards = contrast_cards(server.taxonomy, language)
    texts = [card["text"] for card in cards if {e["label"] for e in card["emotions"]} == pair]
    truth = emotions.get(checked.truth, {})
    return {
        "right": checked.right,
        "answer": emotions.get(checked.answer, {}).get("name", none),
        "truth": truth.get("name", none),
        "definition": truth.get("definition", ""),
        "contrast": texts[0] if texts else "",
    }
