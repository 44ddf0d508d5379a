"""How a model is asked, as the configuration says it: whom, what it is sent, at which pace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Modality = Literal["video", "audio", "text"]
KEYS_GO = "keys go into `llm_keys` in conf/local/credentials.yml or into the environment"
_SECRET = re.compile(
    r"key|secret|password|passwd|credential|authorization|bearer|headers|(?:^|_)token$",
    re.IGNORECASE,
)


class ModelOptions(BaseModel):
    """A model that is asked about clips.

    Attributes:
        name: As its answers carry it.
        model: litellm's id, with the provider's prefix; `openai/…` for any server that speaks
            OpenAI's protocol.
        api_base: The server's address, where it is not the provider's own.
        served_as: What stands for `api_base` in a question's key, for a server that moves about.
        free: Your own server: no price is needed and nothing is spent.
        modalities: What it sees of a clip.
        frames: Pictures of a clip, evenly spread (paper: 16).
        frame_pixels: Longest side of a picture; a smaller one is not enlarged (448).
        jpeg_quality: Of a picture that is made smaller, 1 to 100.
        sound_format: In which form the sound is sent.
        temperature: None leaves it to the provider.
        max_answer_tokens: The most that an answer may have.
        parameters: What else is sent, as litellm names it, such as reasoning_effort; never a key.
        calls_at_once: Calls in flight together.
        requests_per_minute: None for no limit; voters of one provider share the stricter one.
        tokens_per_minute: As well.
        timeout_seconds: For one call.
        tries: Calls for one clip before it counts as failed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    model: str | None = None
    api_base: str | None = None
    served_as: str | None = None
    free: bool = False
    modalities: tuple[Modality, ...] = ("video", "audio", "text")
    frames: int = Field(16, ge=1, le=99)
    frame_pixels: int = Field(448, ge=16)
    jpeg_quality: int = Field(85, ge=1, le=100)
    sound_format: Literal["wav", "mp3", "flac"] = "wav"
    temperature: float | None = Field(0.0, ge=0, le=2)
    max_answer_tokens: int = Field(300, ge=1)
    parameters: dict[str, Any] = {}
    calls_at_once: int = Field(16, ge=1, le=512)
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    timeout_seconds: float = Field(120.0, gt=0)
    tries: int = Field(6, ge=1)

    @field_validator("parameters")
    @classmethod
    def _no_key(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        secret = next(find_secrets(parameters), None)
        if secret is not None:
            raise ValueError(f"{secret!r} would be written into the ledger; {KEYS_GO}")
        return parameters

    @field_validator("api_base")
    @classmethod
    def _plain_address(cls, api_base: str | None) -> str | None:
        if api_base is not None and re.search(r"://[^/]*@|[?#]", api_base):
            raise ValueError(
                "must be an address without a user, a password and `?`: it is written down; "
                f"{KEYS_GO}"
            )
        return api_base

    def check_model(self, who: str) -> None:
        """Raise unless it can be asked.

        Args:
            who: What it is, for the error.

        Raises:
            ValueError: If it has no model, none that litellm would find, or is sent nothing.
        """
        if self.model is None:
            raise ValueError(f"{who} {self.name!r} is of kind llm and needs `model`")
        if not self.modalities:
            raise ValueError(f"{who} {self.name!r}: `modalities` names none")
        if "/" not in self.model:
            raise ValueError(
                f"{who} {self.name!r}: `model` lacks its provider, such as openai/{self.model}"
            )


def find_secrets(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Give the names in nested parameters that stand for a key."""
    for name, value in parameters.items():
        if _SECRET.search(str(name)):
            yield str(name)
        elif isinstance(value, Mapping):
            yield from find_secrets(value)
