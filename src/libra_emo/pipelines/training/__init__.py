"""The last student, trained on the final labels."""

from libra_emo.pipelines.training.pipeline import create_pipeline

__all__ = ["create_pipeline"]
