"""The application: the routes, what they share, and how errors are answered."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from libra_emo.annotation.store import VoteStore, VoteStoreError
from libra_emo.annotation_server.access.headers import Guard
from libra_emo.annotation_server.assignments.clips import Clips
from libra_emo.annotation_server.routes import (
    adjudicate,
    api,
    lead,
    lead_reports,
    pages,
    sound,
    training,
)
from libra_emo.annotation_server.routes.rendering import render_message
from libra_emo.annotation_server.server import AnnotationServer
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.annotation_server.warming import warmed
from libra_emo.taxonomy import Taxonomy

STATIC: Final = Path(__file__).parent / "static"
THREADS: Final = 6  # they wait for the database; more of them only wait for each other
MESSAGES: Final = {401: "no_session", 403: "not_allowed"}


def make_app(
    store: VoteStore, clips: Clips, taxonomy: Taxonomy, settings: ServerSettings | None = None
) -> FastAPI:
    """Return the application.

    Args:
        store: Store of the votes; several processes may serve one.
        clips: The clips by key, see `read_clips`.
        taxonomy: The labels.
        settings: Settings of the server.
    """
    settings = settings or ServerSettings()
    # its own pages describe the interface to nobody else
    app = FastAPI(
        title="libra_emo", lifespan=prepare_process, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.server = AnnotationServer(store, clips, taxonomy, settings)
    for routes in (pages, sound, api, training, adjudicate, lead, lead_reports):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, max_body_bytes=settings.max_body_bytes)
    app.add_exception_handler(HTTPException, answer_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(VoteStoreError, answer_store_error)
    return app


@asynccontextmanager
async def prepare_process(app: FastAPI) -> AsyncIterator[None]:
    """Let few requests be worked on at once in a process; the others wait in their order."""
    current_default_thread_limiter().total_tokens = THREADS
    gc.freeze()  # modules stay; to look through them takes 100 ms, in which nothing is answered
    with warmed():
        yield
    gc.unfreeze()


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer with a page, or with JSON where a script asked."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith(("/api/", "/media/", "/static/")):
        detail = error.detail if isinstance(error, HTTPException) else ""
        return JSONResponse({"error": detail}, status)
    return render_message(request, MESSAGES.get(status, "not_found"), status=status)


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer to a request that is not as it should be, without repeating what it held."""
    return JSONResponse({"error": "invalid"}, 422)


async def answer_store_error(request: Request, error: Exception) -> Response:
    """Answer while the store cannot be reached; browsers keep their votes and try again."""
    return JSONResponse({"error": "the store of votes cannot be reached"}, 503)
