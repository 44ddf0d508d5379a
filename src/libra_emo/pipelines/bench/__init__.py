"""The bench: whole films are held out, and annotators label a sample of their clips."""

from libra_emo.pipelines.bench.pipeline import create_pipeline

__all__ = ["create_pipeline"]
