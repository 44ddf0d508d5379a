"""How Kedro is set up for this project."""

from libra_emo.quiet import keep_quiet

keep_quiet()

from libra_emo.configuration.loader import LayeredConfigLoader  # noqa: E402
from libra_emo.hooks import (  # noqa: E402
    DigestingHooks,
    FollowingHooks,
    LockingHooks,
    MendingHooks,
    PreflightHooks,
    ProgressHooks,
    RecordingHooks,
    RetentionHooks,
    TrackingHooks,
)

CONFIG_LOADER_CLASS = LayeredConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {"mlflow": ["mlflow*"]},
}
# Kedro calls the last one first: records are made before anything else can go wrong
HOOKS = (
    TrackingHooks(),
    FollowingHooks(),
    RecordingHooks(),
    ProgressHooks(),
    LockingHooks(),
    MendingHooks(),
    DigestingHooks(),
    RetentionHooks(),  # while the project is still locked
    PreflightHooks(),
)
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
