"""Kedro hooks: checks and a lock before a run, a line for each node, records after it."""

from libra_emo.hooks.digesting import DigestingHooks
from libra_emo.hooks.following import FollowingHooks
from libra_emo.hooks.locking import LockingHooks
from libra_emo.hooks.mending import MendingHooks
from libra_emo.hooks.preflight import PreflightHooks
from libra_emo.hooks.progress import ProgressHooks
from libra_emo.hooks.recording import RecordingHooks
from libra_emo.hooks.retention import RetentionHooks
from libra_emo.hooks.tracking import TrackingHooks

__all__ = [
    "DigestingHooks",
    "FollowingHooks",
    "LockingHooks",
    "MendingHooks",
    "PreflightHooks",
    "ProgressHooks",
    "RecordingHooks",
    "RetentionHooks",
    "TrackingHooks",
]
