"""Loads base, then the chosen environment, then conf/local on top of both, merged key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from kedro.config import MissingConfigException, OmegaConfigLoader
from omegaconf.errors import OmegaConfBaseException
from yaml.error import YAMLError

from libra_emo.configuration.logins import GROUP, find_logins, take_out_film_login
from libra_emo.configuration.packaged.relocation import has_checkout, relocate
from libra_emo.configuration.packaged.unpacking import unpack
from libra_emo.errors import LibraEmoError

LOCAL = "local"
COMMAND_LINE = "--params"
# kinds of configuration that are shown and stored, and where a login belongs instead
ADVICE = {
    "parameters": "a model's key belongs into `llm_keys` of conf/local/credentials.yml",
    "mlflow": "MLflow reads MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
}


class ConfigurationError(LibraEmoError):
    """Something in the configuration is wrong; the message names the file and the key."""


class LayeredConfigLoader(OmegaConfigLoader):
    """Kedro's loader, with `conf/local` on top of whichever environment is named.

    Mappings are merged key by key, whatever the depth; a list replaces the list below it. A
    catalog entry that names its `type` replaces the whole entry below it. What `--params` says
    comes last. The login in an address of films becomes one of the credentials. The files are read
    once: hooks, the catalog and the checks of a run all get what they held at first. Where a
    packaged project runs, paths of a checkout lead to the configuration and to the package.

    Args:
        conf_source: Folder, archive or URL of the configuration.
        options: The other arguments of Kedro's loader.
    """

    _logins: Mapping[str, dict[str, str]] = MappingProxyType({})

    def __init__(self, conf_source: str | Path, *args: Any, **options: Any) -> None:
        super().__init__(unpack(str(conf_source)), *args, **options)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Return the merged configuration of a kind: parameters, catalog and so on.

        Raises:
            ConfigurationError: If the environment is not there, or a file cannot be read.
            MissingConfigException: If no layer has a file of this kind.
        """
        if key not in self.data:
            is_secret = key == "credentials"
            self.data[key] = self._read_credentials() if is_secret else self._read_layers(key)
        return deepcopy(self.data[key])

    def _read_layers(self, key: str) -> dict[str, Any]:
        self._register_runtime_params_resolver()
        if key not in self.config_patterns:
            raise KeyError(f"no configuration files are known for {key!r}")
        merged: dict[str, Any] = {}
        processed: set[Path] = set()
        for folder in self.folders():
            merged = merge_layers(merged, self._read(folder, key, processed), key == "catalog")
        if not processed and key != "globals":
            raise MissingConfigException(f"there is no configuration file for {key}")
        if not has_checkout(Path(self.conf_source)):
            merged = relocate(merged, Path(self.conf_source))
        if key == "parameters":
            self._logins = take_out_film_login(merged)
        if key in ADVICE:
            self._refuse_logins(merged, key)
        return merged

    def _read_credentials(self) -> dict[str, Any]:
        """Return the credentials, with the login that stood in the address of the films."""
        merged: dict[str, Any] = {}
        processed: set[Path] = set()
        for folder in self.folders():
            merged = merge_layers(merged, self._read(folder, "credentials", processed), False)
        if not processed:
            raise MissingConfigException("there is no configuration file for credentials")
        with suppress(MissingConfigException):
            self["parameters"]  # where a login may stand in the address of the films
        if self._logins:
            merged[GROUP] = {**(merged.get(GROUP) or {}), **self._logins}
        return merged

    def _refuse_logins(self, values: dict[str, Any], kind: str) -> None:
        """Raise if an address has a login where it would be shown or stored."""
        for key in find_logins(values):
            raise ConfigurationError(
                f"{self.place_of(key, kind)}: {key}: must be an address without a user name and a "
                f"password, since it is shown and stored; {ADVICE[kind]}"
            )

    def folders(self) -> list[Path]:
        """Return the folders of the layers, the lowest first.

        Raises:
            ConfigurationError: If the environment that was named has no folder.
        """
        conf = Path(self.conf_source)
        names = dict.fromkeys([self.base_env or "base", self.env or LOCAL, LOCAL])
        if self.env and not (conf / self.env).is_dir():
            known = sorted(path.name for path in conf.iterdir() if path.is_dir())
            raise ConfigurationError(
                f"there is no environment {self.env!r}; {conf.name}/ has {', '.join(known)}"
            )
        return [conf / name for name in names if (conf / name).is_dir()]

    def place_of(self, key: str, kind: str = "parameters") -> str:
        """Return where a parameter gets its value: a file relative to the project, or `--params`.

        Args:
            key: The full key with dots, such as `voting.voters.0.cue`; numbers are places in a
                list. A key that stands nowhere is looked for without its last part.
            kind: Kind of configuration: parameters, or credentials.
        """
        parts = key.split(".")
        while parts:
            if _holds(self.runtime_params or {}, parts):
                return COMMAND_LINE
            for path in self._files(kind):
                if _holds(_read_yaml(path), parts):
                    return self._shown(path)
            parts = parts[:-1]
        return f"{Path(self.conf_source).name}/base"

    def depth_of(self, key: str) -> int:
        """Return how high the layer lies that gives a parameter its value; 0 where none does."""
        parts = key.split(".")
        layers = self.folders()
        if _holds(self.runtime_params or {}, parts):
            return len(layers) + 1
        for path in self._files("parameters"):
            if _holds(_read_yaml(path), parts):
                return 1 + max(n for n, layer in enumerate(layers) if layer in path.parents)
        return 0

    def _files(self, kind: str) -> Iterator[Path]:
        """Give the files of a kind, those of the highest layer first."""
        for folder in reversed(self.folders()):
            found = {p for glob in self.config_patterns[kind] for p in folder.glob(glob)}
            yield from sorted(path for path in found if path.suffix in (".yml", ".yaml", ".json"))

    def _read(self, folder: Path, key: str, processed: set[Path]) -> dict[str, Any]:
        try:
            read: dict[str, Any] = self.load_and_merge_dir_config(
                str(folder), self.config_patterns[key], key, processed, key == "credentials"
            )
        except (YAMLError, OmegaConfBaseException, ValueError) as error:
            message = " ".join(str(error).split()).replace(f"{Path(self.conf_source).parent}/", "")
            raise ConfigurationError(f"{self._shown(folder)}: {message}") from error
        return read

    def _shown(self, path: Path) -> str:
        return path.relative_to(Path(self.conf_source).parent).as_posix()


def merge_layers(below: dict[str, Any], above: dict[str, Any], catalog: bool) -> dict[str, Any]:
    """Return two layers as one; where both have a value, that of the upper one counts.

    Args:
        below: The lower layer.
        above: The upper layer.
        catalog: Whether an entry that names its `type` replaces the one below it.
    """
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        if both and not (catalog and "type" in value):
            merged[key] = merge_layers(merged[key], value, catalog)
        else:
            merged[key] = value
    return merged


def _holds(content: Any, parts: list[str]) -> bool:
    """Return whether a key stands in a mapping; below a list the list itself counts."""
    for part in parts:
        if isinstance(content, list):
            return True
        if not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True


def _read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
