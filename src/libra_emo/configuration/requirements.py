"""What a configuration needs on this machine: keys, packages, a ceiling, films."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from libra_emo.errors import LibraEmoError
from libra_emo.llm.request.keys import Keys
from libra_emo.media.options import SAMPLE_FOLDER

INSTALL_TRAIN = ".venv/bin/uv pip install -c constraints.txt -e '.[train]'"
TRAINING_PACKAGES = ("torch", "transformers", "peft", "deepspeed")
PAYING_GROUPS = ("voting", "explanation", "evaluation")
TRAINING_GROUPS = ("active_learning", "training")
KEY_ENDING = "_API_KEY"
KEY_PLACES = "in the environment or in `llm_keys` of conf/local/credentials.yml"


class RequirementsMissing(LibraEmoError):
    """The configuration needs keys, packages or films that are not there."""


def check_requirements(
    parameters: dict[str, Any],
    groups: Iterable[str],
    project: Path,
    missing_keys: Callable[[str], list[str]] | None = None,
    keys: Keys | None = None,
    place_of: Callable[[str], str] | None = None,
) -> None:
    """Raise one error that lists everything that is missing.

    Args:
        parameters: All parameters, merged.
        groups: Parameter groups that the run's nodes read.
        project: Folder where a relative path starts.
        missing_keys: Model id → environment variables that it needs and that are not set;
            litellm is asked by default.
        keys: Keys of the credentials, which count like those of the environment.
        place_of: Parameter → file that gives it its value.

    Raises:
        RequirementsMissing: If anything is missing.
    """
    read = set(groups)
    missing = [
        *_films(parameters, project if "preprocessing" in read else None),
        *_keys(parameters, read, missing_keys or ask_litellm, keys or Keys()),
        *_ceilings(parameters, read, place_of),
        *_packages(parameters, read),
    ]
    if missing:
        raise RequirementsMissing("this configuration lacks " + "; ".join(missing))


def ask_litellm(model: str) -> list[str]:
    """Return the environment variables that a model needs and that are not set."""
    import litellm

    missing: list[str] = litellm.validate_environment(model)["missing_keys"]
    return missing


def _films(parameters: dict[str, Any], project: Path | None) -> Iterator[str]:
    """Give a message if there are no films, unless the sample will be drawn there.

    Only the sample's own folder may be missing: a mistyped folder shall not be filled with thirty
    drawn films. With people as annotators, no sample is drawn elsewhere either.
    """
    films = parameters["films"]
    if project is None or "://" in films:
        return
    place = project / films
    allowed = place.exists() or films == SAMPLE_FOLDER
    empty = not place.exists() or (place.is_dir() and not any(place.iterdir()))
    if not allowed or (empty and parameters["annotators"] == "people" and films != SAMPLE_FOLDER):
        yield f"films in {films} (`films`)"


def _keys(
    parameters: dict[str, Any],
    groups: set[str],
    missing_keys: Callable[[str], list[str]],
    keys: Keys,
) -> Iterator[str]:
    users: dict[str, list[str]] = {}
    for group in PAYING_GROUPS:
        for name, model in paid_models(parameters.get(group)) if group in groups else ():
            missing = missing_keys(model)
            if keys.find(name, model.split("/", 1)[0]):
                missing = [variable for variable in missing if not variable.endswith(KEY_ENDING)]
            for key in _alternatives(missing):
                users.setdefault(key, []).append(name)
    for key, names in users.items():
        yield f"the key {key} (for {', '.join(dict.fromkeys(names))}) {KEY_PLACES}"


def _alternatives(keys: list[str]) -> list[str]:
    """Return keys of which any one is enough as one (two names of a key, not a key and a URL)."""
    if all(key.endswith(KEY_ENDING) for key in keys):
        return [" or ".join(sorted(keys))] if keys else []
    return keys


def _ceilings(
    parameters: dict[str, Any], groups: set[str], place_of: Callable[[str], str] | None
) -> Iterator[str]:
    for group in PAYING_GROUPS:
        values = parameters.get(group) or {}
        if group in groups and any(paid_models(values)) and not values.get("max_cost_usd"):
            key = f"{group}.max_cost_usd"
            where = f" in {place_of(key)}" if place_of else ""
            yield f"a ceiling for what may be spent (`{key}` is 0{where})"


def _packages(parameters: dict[str, Any], groups: set[str]) -> Iterator[str]:
    trains = parameters["student"] == "multimodal" and groups.intersection(TRAINING_GROUPS)
    writer = (parameters.get("explanation") or {}).get("writer")
    writes = isinstance(writer, Mapping) and writer.get("kind") == "student"
    if not trains and not (writes and "explanation" in groups):
        return
    missing = [name for name in TRAINING_PACKAGES if find_spec(name) is None]
    if missing:
        yield f"{', '.join(missing)} (install the extra: `{INSTALL_TRAIN}`)"


def paid_models(values: Any) -> Iterator[tuple[str, str]]:
    """Give name and id of every model with a key of its own that stands in a group's values.

    A model behind an `api_base` is somebody's own server and needs neither key nor ceiling, and
    where only recorded answers count nobody is asked.
    """
    if isinstance(values, Mapping):
        if values.get("recorded_only"):
            return
        model = values.get("model")
        if isinstance(model, str) and not values.get("api_base") and values.get("kind") != "cue":
            yield str(values.get("name", model)), model
        for value in values.values():
            yield from paid_models(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from paid_models(value)
