"""Options of models that are asked: which model, what it is sent, how fast, for how much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from libra_emo.common.modalities import MODALITIES, Modalities
from libra_emo.common.options import Options
from libra_emo.common.secrecy.addresses import parse_address

BATCH_MODELS = "openai/"
KEYS_GO = "keys go into `llm_keys` in conf/local/credentials.yml or into the environment"
_NOT_PARAMETERS = {
    "stream": "replies are read whole, and a stream has no whole one",
    "stream_options": "replies are read whole, and a stream has no whole one",
    "messages": "the prompt and the clip make the messages",
    "model": "it is an option of its own",
    "response_format": "`reply_form: schema` requests replies by a schema",
    "mock_response": "a reply that no model gave is no answer",
}
_SECRET = re.compile(
    r"key|secret|password|passwd|credential|authorization|bearer|headers|(?:^|_)token$",
    re.IGNORECASE,
)


class SpendingOptions(Options):
    """What every group of options has in common that may spend money.

    Attributes:
        max_cost_usd: Ceiling in US dollars of what may be spent, in all runs together.
    """

    max_cost_usd: float = Field(0.0, ge=0, allow_inf_nan=False)


class AskingOptions(SpendingOptions):
    """What every group of options has in common by which models are asked.

    Attributes:
        strict_ceiling: Whether each call in flight reserves the price of the longest question that
            its model can read, so that the cost cannot exceed the ceiling; otherwise each call
            reserves what such calls have cost so far.
        recorded_only: Whether only recorded answers are used and no model is asked.
        processes: Number of processes that make the calls: with 1 this process makes them itself;
            more of them take some two seconds to start.
    """

    strict_ceiling: bool = True
    recorded_only: bool = False
    processes: int = Field(1, ge=1, le=64)


class LabellingOptions(AskingOptions):
    """What every group of options has in common by which models are asked for labels.

    Attributes:
        label_order: Order in which a prompt lists the labels: `fixed`, or `shuffled` for each clip.
        max_attempts: Number of questions about one clip; each after the first one names the fault
            of the reply before: prose, several labels, or a word that is no label.
        max_failed_share: Largest share of a model's questions that may fail; with more, the run
            ends in an error instead of counting without the model.
    """

    label_order: Literal["fixed", "shuffled"] = "fixed"
    max_attempts: int = Field(2, ge=1)
    max_failed_share: float = Field(0.5, ge=0, le=1)


class ModelOptions(Options):
    """A model that is asked about clips.

    Attributes:
        name: Name under which its answers appear in the tables.
        model: Id of the model as litellm spells it, with the provider's prefix; `openai/…` for any
            server with OpenAI's protocol.
        api_base: Address of the server, where it is not the provider's own.
        served_as: Name that stands for `api_base` in a question's key, for a server whose address
            changes.
        free: Whether the model runs on your own server, so that it needs no price and spends
            nothing.
        modalities: What it is sent of a clip.
        frames: Number of pictures of a clip, evenly spread (paper: 16).
        frame_pixels: Longest side of a picture; a smaller picture is not enlarged (paper: 448).
        jpeg_quality: JPEG quality of a picture that is made smaller, 1 to 100.
        sound_format: Format in which the sound is sent.
        temperature: Sampling temperature; None leaves it to the provider.
        max_answer_tokens: Largest number of tokens that an answer may have.
        parameters: Further parameters under litellm's names, such as reasoning_effort; never a key.
        calls_at_once: Number of calls in flight at the same time.
        requests_per_minute: Rate limit, None for none; models of one provider share the stricter.
        tokens_per_minute: Rate limit in tokens, shared in the same way.
        timeout_seconds: Time limit of one call.
        tries: Number of calls for one clip before it counts as failed.
    """

    name: str = Field(min_length=1)
    model: str | None = None
    api_base: str | None = None
    served_as: str | None = None
    free: bool = False
    modalities: Modalities = MODALITIES
    frames: int = Field(16, ge=1, le=99)
    frame_pixels: int = Field(448, ge=16)
    jpeg_quality: int = Field(85, ge=1, le=100)
    sound_format: Literal["wav", "mp3", "flac"] = "wav"
    temperature: float | None = Field(0.0, ge=0, le=2)
    max_answer_tokens: int = Field(300, ge=1)
    parameters: dict[str, Any] = Field(default_factory=dict)
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

    @field_validator("parameters")
    @classmethod
    def _ours_alone(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        nested = parameters.get("extra_body")
        given = {**(nested if isinstance(nested, dict) else {}), **parameters}
        for name, why in _NOT_PARAMETERS.items():
            if given.get(name) not in (None, False):
                raise ValueError(f"{name!r} cannot be a parameter: {why}")
        return parameters

    @field_validator("api_base")
    @classmethod
    def _whole_address(cls, api_base: str | None) -> str | None:
        if api_base is not None and not re.match(r"https?://[^/\s]", api_base):
            raise ValueError("must be an address that begins with http:// or https://")
        return api_base

    @field_validator("api_base")
    @classmethod
    def _plain_address(cls, api_base: str | None) -> str | None:
        if api_base is not None and (
            parse_address(api_base).has_secrets or re.search(r"[?#]", api_base)
        ):
            raise ValueError(
                "must be an address without a user, a password and `?`: it is written down; "
                f"{KEYS_GO}"
            )
        return api_base

    def check_model(self, who: str) -> None:
        """Raise unless the model can be asked.

        Args:
            who: What the model is here, such as `voter`, for the message.

        Raises:
            ValueError: If there is no model, or litellm would not find its provider.
        """
        if self.model is None:
            raise ValueError(f"{who} {self.name!r} is of kind llm and needs `model`")
        if "/" not in self.model:
            raise ValueError(
                f"{who} {self.name!r}: `model` lacks its provider, such as openai/{self.model}"
            )


class LabellerOptions(ModelOptions):
    """A model that is asked for a clip's label.

    Attributes:
        prompt_file: File of a prompt that replaces `annotate.jinja`: for a fine-tuned student
            behind a server, the prompt of its training.
        reply_form: Expected form of the answers: `semicolon` is `label;explanation`, `lines` has
            the label on the first line and the explanation on the next, `schema` is JSON that is
            requested by a schema with the permitted labels and `cannot_tell`; a model that takes no
            schema is asked for `label;explanation`.
        logprobs: Whether the log-probabilities of the label are requested, for soft votes; only
            some providers give them.
        read_prose: Whether an answer without that form counts if one label stands out in it, for
            recorded answers that were given as prose.
        batch: Whether the model is asked through the provider's batch interface, which costs half
            and answers within a day.
        batch_poll_seconds: Seconds between two checks whether a batch has ended.
    """

    prompt_file: Path | None = None
    reply_form: Literal["semicolon", "lines", "schema"] = "semicolon"
    logprobs: bool = False
    read_prose: bool = False
    batch: bool = False
    batch_poll_seconds: float = Field(60.0, gt=0)

    def check_model(self, who: str) -> None:
        """Raise unless the model can be asked, in a batch if that is wanted.

        Args:
            who: What the model is here, such as `voter`, for the message.

        Raises:
            ValueError: If there is no model, litellm would not find its provider, or its provider
                has no batch interface that is known here.
        """
        super().check_model(who)
        if self.batch and not str(self.model).startswith(BATCH_MODELS):
            raise ValueError(
                f"{who} {self.name!r}: `batch` works with {BATCH_MODELS}… models alone, not with "
                f"{self.model}; leave it out"
            )


def find_secrets(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names in nested parameters that look like names of keys."""
    for name, value in parameters.items():
        if _SECRET.search(str(name)):
            yield str(name)
        elif isinstance(value, Mapping):
            yield from find_secrets(value)
