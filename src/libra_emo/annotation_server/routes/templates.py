"""The templates of the pages: how they read values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


class PageEnvironment(Environment):
    """Templates in which `t.keys` is the text of this key, not a method of the dictionary."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what stands behind a point: of a dictionary its value, if it has this key."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def make_environment(folder: Path) -> Environment:
    """Return the templates of a folder: values are escaped, and one that is missing is an error."""
    return PageEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
