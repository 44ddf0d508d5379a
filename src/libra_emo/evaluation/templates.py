"""The templates of pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

LOCAL_PAGE = Path(__file__).parent / "local_page.html.j2"
"""What the pages have in common that show faces and words of films and stay on this machine."""


def open_templates(folder: Path) -> Environment:
    """Return the templates of a folder, which may extend `LOCAL_PAGE`.

    Values are escaped, and one that is missing is an error.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder, LOCAL_PAGE.parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
