"""The bench: whole films held out, a sample of them labelled by people."""

from libra_emo.pipelines.bench.pipeline import create_pipeline

__all__ = ["create_pipeline"]
