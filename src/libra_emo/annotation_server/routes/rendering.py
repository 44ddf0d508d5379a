"""How pages are rendered: templates, escaped values, the texts of the person's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from libra_emo.annotation_server.routes.sessions import Session
from libra_emo.annotation_server.texts import choose_language, read_texts

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
LANGUAGE_COOKIE: Final = "libra_emo_language"


@cache
def open_pages() -> Environment:
    """Return the templates: values are escaped, and one that is missing is an error."""
    from libra_emo.annotation_server.routes.templates import make_environment

    return make_environment(TEMPLATES)


def find_language(request: Request) -> str:
    """Return the language of a person's pages."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return choose_language(chosen, request.headers.get("accept-language", ""))


def render(
    request: Request, template: str, session: Session | None, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page.

    Args:
        request: The request that it answers.
        template: Name of the template.
        session: Session of the person, or None if nobody is known.
        status: HTTP status.
        values: What the template shows.
    """
    language = find_language(request)
    person = session.person if session else None
    text = (
        open_pages()
        .get_template(template)
        .render(
            t=read_texts(language),
            language="zh-Hans" if language == "zh" else "en",
            csrf=session.csrf if session else "",
            path=request.url.path,
            person_name=person.name if person else "",
            is_lead=person is not None and person.role == "lead",
            **values,
        )
    )
    return HTMLResponse(text, status)


def render_message(
    request: Request, key: str, session: Session | None = None, status: int = 200, to: str = ""
) -> HTMLResponse:
    """Return a page with one sentence, and where to go on if there is such a place."""
    return render(request, "message.html.j2", session, status, key=key, to=to)
