"""Checks the parameters before anything runs; an error is one line with file and key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader
from libra_emo.configuration.options import GROUPS, SharedOptions, options_class


def check_parameters(parameters: dict[str, Any], loader: LayeredConfigLoader) -> None:
    """Raise unless every parameter is known and allowed.

    Args:
        parameters: All parameters, merged.
        loader: Loader of the parameters; it knows in which file each of them stands.

    Raises:
        ConfigurationError: If one is not; the message names the file and the full key, what is
            wrong, and what is allowed.
    """
    known = [*SharedOptions.model_fields, *GROUPS]
    for key in parameters:
        if key not in known:
            raise _error(loader, key, _unknown(key, known))
    shared = {key: value for key, value in parameters.items() if key not in GROUPS}
    _check_group("", shared, SharedOptions, loader)
    for group in GROUPS:
        options = options_class(group) if group in parameters else None
        if options is not None:
            _check_group(group, parameters[group], options, loader)


def _check_group(
    group: str, values: Any, options: type[BaseModel], loader: LayeredConfigLoader
) -> None:
    try:
        options.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(part for part in (group, *map(str, _plain_place(first))) if part)
        if not first["loc"]:
            key = _key_in(first["msg"], group, options, loader)
        raise _error(loader, key, _describe(first, options)) from error


def _error(loader: LayeredConfigLoader, key: str, message: str) -> ConfigurationError:
    return ConfigurationError(f"{loader.place_of(key)}: {key}: {message}")


def _plain_place(error: ErrorDetails) -> Iterable[str | int]:
    """Give the parts of a key, without the names of a union's members that pydantic puts in."""
    return [part for part in error["loc"] if isinstance(part, int) or part.isidentifier()]


def _describe(error: ErrorDetails, options: type[BaseModel]) -> str:
    """Return what is wrong in plain words, with what was given."""
    if error["type"] == "extra_forbidden":
        fields = _fields_at(options, error["loc"][:-1])
        return _unknown(str(error["loc"][-1]), fields)
    if error["type"] == "missing":
        return "is missing"
    message = error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be")
    if error["type"] == "value_error":
        return message
    return f"{message}, not {error['input']!r}"


def _unknown(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"there is no such parameter; did you mean {near[0]}?"
    if names:
        return f"there is no such parameter; there are {', '.join(names)}"
    return "there is no such parameter"


def _fields_at(options: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Return the parameters that are known at a place inside a group."""
    found: Any = options
    for part in place:
        if isinstance(part, int):
            continue
        field = getattr(found, "model_fields", {}).get(part)
        found = _model_in(field.annotation) if field else None
    return list(getattr(found, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """Return the options class inside an annotation such as `tuple[VoterOptions, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _model_in(part)) is not None:
            return found
    return None


def _key_in(message: str, group: str, options: type[BaseModel], loader: LayeredConfigLoader) -> str:
    """Return the key that a message about several parameters is about: that of the top layer."""
    words = re.findall(r"\w+", message)
    named = [f"{group}.{word}" for word in words if word in options.model_fields]
    return max(named, key=loader.depth_of, default=group)
