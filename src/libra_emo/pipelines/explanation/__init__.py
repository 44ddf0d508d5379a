"""A short text for each label, consistent with it."""

from libra_emo.pipelines.explanation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
