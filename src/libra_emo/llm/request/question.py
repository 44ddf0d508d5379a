"""A question to a model: everything that is sent, and the key under which its answer is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from libra_emo.llm.request.attachments import Enclosures
from libra_emo.llm.request.prompts import RenderedPrompt


@dataclass(frozen=True)
class Model:
    """Whom a question goes to.

    Attributes:
        name: litellm's id, with the provider's prefix.
        api_base: The server, where it is not the provider's own.
        served_as: What stands for the server in a question's key, for one that moves about.
        parameters: What is sent beside the messages, such as temperature and max_tokens.
    """

    name: str
    api_base: str | None = None
    served_as: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """Whose limits count: the server, or the provider in the model's id."""
        return self.api_base or self.name.split("/", 1)[0]

    def identity(self) -> dict[str, Any]:
        """Return what makes it another model when it changes."""
        server = self.served_as or self.api_base
        return {"model": self.name, "server": server, "parameters": dict(self.parameters)}


@dataclass(frozen=True, eq=False)
class Question:
    """One clip put to one model."""

    clip_id: str
    model: Model
    wording: RenderedPrompt
    prompt_version: str
    enclosures: Enclosures
    seconds_of_sound: float = 0.0

    @cached_property
    def key(self) -> str:
        """The hash of all that is sent: words, pictures, sound, model and parameters.

        Neither the voter's name nor the clip's id is part of it, for neither is sent.
        """
        pictures, sound = self.enclosures.digests()
        sent = {
            **self.model.identity(),
            "system": self.wording.system,
            "user": self.wording.user,
            "pictures": pictures,
            "sound": sound,
            "dressing": self.enclosures.dressing.told(),
        }
        return hashlib.sha256(_canonical(sent).encode()).hexdigest()

    def asked(self) -> str:
        """Return what was asked, for the ledger: the words by version and hash."""
        told = {
            **self.model.identity(),
            "clip_id": self.clip_id,
            "prompt": self.prompt_version,
            "words": hashlib.sha256("\0".join(self.wording).encode()).hexdigest()[:16],
            "pictures": len(self.enclosures.pictures),
            "sound": self.enclosures.sound is not None,
        }
        return _canonical(told)

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages in OpenAI's protocol; none for the system where nothing is said."""
        parts = [*self.enclosures.parts(), {"type": "text", "text": self.wording.user}]
        system, user = self.wording.system, {"role": "user", "content": parts}
        return [{"role": "system", "content": system}, user] if system else [user]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
