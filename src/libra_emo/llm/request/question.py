"""A question to a model: everything that is sent, and the key under which its answer is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from libra_emo.common.digests import digest_text
from libra_emo.llm.request.attachments import Attachments
from libra_emo.llm.request.prompts import RenderedPrompt


@dataclass(frozen=True)
class Model:
    """The model that a question goes to.

    Attributes:
        name: Id of the model as litellm spells it, with the provider's prefix.
        api_base: Address of the server, where it is not the provider's own.
        served_as: Name that stands for the server in a question's key, for a server whose address
            changes.
        parameters: Parameters that are sent beside the messages, such as temperature and
            max_tokens.
    """

    name: str
    api_base: str | None = None
    served_as: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The owner of the rate limits: the server, or the provider in the model's id."""
        return self.api_base or self.name.split("/", 1)[0]

    @property
    def address(self) -> str:
        """The model with its server, as one text."""
        return json.dumps([self.name, self.served_as or self.api_base])

    def identity(self) -> dict[str, Any]:
        """Return what makes it another model when it changes."""
        server = self.served_as or self.api_base
        return {"model": self.name, "server": server, "parameters": dict(self.parameters)}


@dataclass(frozen=True, eq=False)
class Question:
    """A question to one model about one clip.

    Attributes:
        clip_id: The clip.
        model: The model that is asked.
        prompt: The rendered prompt.
        prompt_version: Version of the prompt's file.
        attachments: Pictures and sound.
        sound_seconds: Length of the sound that is sent.
        response_format: Schema of the reply as litellm takes it; None where it is not requested.
        plain: The same question without a schema, for a model that knows none.
    """

    clip_id: str
    model: Model
    prompt: RenderedPrompt
    prompt_version: str
    attachments: Attachments
    sound_seconds: float = 0.0
    response_format: Mapping[str, Any] | None = None
    plain: Question | None = None

    @cached_property
    def key(self) -> str:
        """Digest of all that is sent: words, pictures, sound, model and parameters.

        Neither the voter's name nor the clip's id is part of it, since neither is sent.
        """
        pictures, sound = self.attachments.digests()
        sent = {
            **self.model.identity(),
            "system": self.prompt.system,
            "user": self.prompt.user,
            "pictures": pictures,
            "sound": sound,
            # the encoding; another name here would change the key of every recorded answer
            "dressing": self.attachments.encoding.identity(),
        }
        if self.response_format is not None:
            sent["response_format"] = self.response_format
        return digest_text(_canonical(sent))

    def describe(self) -> str:
        """Return a description for the ledger, as JSON; the words by version and digest.

        It names the key, so that an answer that was put under another one is seen.
        """
        description = {
            **self.model.identity(),
            "key": self.key,
            "clip_id": self.clip_id,
            "prompt": self.prompt_version,
            "words": digest_text("\0".join(self.prompt))[:16],
            "pictures": len(self.attachments.pictures),
            "sound": self.attachments.sound is not None,
        }
        if self.response_format is not None:
            description["schema"] = digest_text(_canonical(self.response_format))[:16]
        return _canonical(description)

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages in OpenAI's protocol; an empty system prompt gives none."""
        parts = [*self.attachments.parts(), {"type": "text", "text": self.prompt.user}]
        system, user = self.prompt.system, {"role": "user", "content": parts}
        return [{"role": "system", "content": system}, user] if system else [user]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
