"""The interface that the page's script uses: clips to answer about, answers, videos."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from libra_emo.annotation.campaigns import PREFERENCE
from libra_emo.annotation_server.assignments.answers import (
    count_answered,
    read_answered,
    read_previous,
)
from libra_emo.annotation_server.assignments.campaigns import Duty
from libra_emo.annotation_server.assignments.choosing import Task
from libra_emo.annotation_server.assignments.preferences import read_texts
from libra_emo.annotation_server.assignments.votes import record_votes
from libra_emo.annotation_server.routes.pages import find_duty
from libra_emo.annotation_server.routes.rendering import LANGUAGE_COOKIE, find_language
from libra_emo.annotation_server.routes.sessions import Changing, Known, Session, Shared
from libra_emo.annotation_server.server import AnnotationServer
from libra_emo.annotation_server.settings import MAX_VOTES

router = APIRouter()
Token = Annotated[str, Query(max_length=64)]


class SentVotes(BaseModel):
    """Votes of one request; each is checked by itself."""

    votes: list[Any] = Field(max_length=MAX_VOTES)


class SentTask(BaseModel):
    """A clip that comes back later."""

    task: str = Field(max_length=64, pattern="^[0-9a-f]*$")


class SentLanguage(BaseModel):
    """A language of the pages."""

    language: Literal["en", "zh"]


@router.get("/api/next")
def get_next(
    request: Request,
    session: Known,
    server: Shared,
    campaign: Token,
    have: Annotated[str, Query(max_length=10_000)] = "",
) -> dict[str, Any]:
    """Return the next clip of a person, and keep it for the person."""
    duty = find_duty(server, session, campaign)
    if server.find_gate(duty.campaign, session.person):
        raise HTTPException(409, "something_comes_first")
    held = {token for token in have.split(",") if token.isascii() and token.isalnum()}
    task = server.assigner.next_task(duty, session.person, held, server.clock())
    counts = _count(server, session, duty, held)
    if task is None:
        return {"done": True, **counts}
    texts = None
    if duty.campaign.kind == PREFERENCE:
        texts = read_texts(server.store, task, session.person)
    # a clip that comes next has no answer of this person
    return {"done": False, "task": _describe(request, server, task, None, texts), **counts}


@router.get("/api/task/{token}")
def get_task(request: Request, token: str, session: Known, server: Shared) -> dict[str, Any]:
    """Return a clip again that was given to the person, with the person's own answer."""
    task = _find(server, session, token)
    previous = read_previous(server.store, task, session.person)
    texts = read_texts(server.store, task, session.person)
    return _describe(request, server, task, previous, texts)


@router.get("/api/history")
def get_history(session: Known, server: Shared, campaign: Token) -> list[dict[str, str]]:
    """Return the clips that the person answered, the latest first."""
    duty = find_duty(server, session, campaign)
    return read_answered(server.store, duty.names, session.person)


@router.post("/api/votes")
def post_votes(sent: SentVotes, session: Changing, server: Shared) -> dict[str, Any]:
    """Record votes; what is listed as stored is on the server's disk."""
    done = record_votes(server.writes, session.person, sent.votes, server.clock())
    return done._asdict()


@router.post("/api/skip")
def post_skip(sent: SentTask, session: Changing, server: Shared) -> dict[str, bool]:
    """Let a clip come back later."""
    if not server.assigner.skip(sent.task, session.person, server.clock()):
        raise HTTPException(404, "not_found")
    return {"skipped": True}


@router.post("/api/language")
def post_language(
    sent: SentLanguage, request: Request, response: Response, session: Changing
) -> dict[str, str]:
    """Choose the language of the pages."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        sent.language,
        max_age=365 * 86_400,
        samesite="strict",
        httponly=True,
        secure=request.url.scheme == "https",
    )
    return {"language": sent.language}


@router.get("/media/{token}")
def get_media(token: str, session: Known, server: Shared) -> FileResponse:
    """Return the video of a clip that was given to the person, whole or in parts."""
    task = _find(server, session, token)
    clip = server.clips.get(task.clip_key)
    if clip is None or not clip.path.is_file():
        raise HTTPException(404, "no_video")
    return FileResponse(clip.path, media_type="video/mp4")


def _find(server: AnnotationServer, session: Session, token: str) -> Task:
    known = token.isascii() and token.isalnum()
    task = server.assigner.find(token, session.person) if known else None
    if task is None:
        raise HTTPException(404, "not_found")
    return task


def _count(
    server: AnnotationServer, session: Session, duty: Duty, held: set[str]
) -> dict[str, int]:
    """Return the person's answers, without those that the page counts itself, and the share."""
    answered = count_answered(server.store, duty.names, session.person, held)
    return {"answered": answered, "total": duty.share}


def _describe(
    request: Request,
    server: AnnotationServer,
    task: Task,
    previous: dict[str, Any] | None,
    texts: list[str] | None,
) -> dict[str, Any]:
    return {
        "token": task.token,
        "video": f"/media/{task.token}",
        **server.describe_clip(task.clip_key, find_language(request)),
        "texts": texts,
        "requires_full_play": server.settings.requires_full_play,
        "previous": previous,
    }
