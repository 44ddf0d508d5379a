"""Reasons for which a reply ended, in the words of the providers."""

from __future__ import annotations

import re

_BLOCKED = frozenset(
    """
    content_filter content_filtered filtered refusal refused safety image_safety blocklist blocked
    prohibited_content image_prohibited_content spii recitation image_recitation sensitive
    moderation content_moderation guardrail guardrails guardrail_intervened content_policy
    flagged jailbreak content_policy_violation policy policy_violation
    responsible_ai_policy_violation error_toxic model_armor
    """.split()
)
_CUT = frozenset(
    """
    length max_length max_tokens max_output_tokens max_completion_tokens model_length incomplete
    model_context_window_exceeded context_length_exceeded error_limit
    """.split()
)
_ABORTED = frozenset(
    """
    abort aborted error errored cancelled canceled timeout time_limit unavailable preempted
    insufficient_system_resource network_error malformed_response no_image
    """.split()
)


def was_blocked(finish: str | None) -> bool:
    """Return whether the provider's moderation ended or withheld a reply."""
    return _plain(finish) in _BLOCKED


def was_cut(finish: str | None) -> bool:
    """Return whether a reply reached its largest length."""
    return _plain(finish) in _CUT


def was_aborted(finish: str | None) -> bool:
    """Return whether the server gave up a reply before its end, so that it must be asked again."""
    return _plain(finish) in _ABORTED


def _plain(finish: str | None) -> str:
    return re.sub(r"[^a-z]+", "_", (finish or "").casefold()).strip("_")
