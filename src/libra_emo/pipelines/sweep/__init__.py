"""Sweeps: the student trained with one thing changed at a time; not part of `__default__`."""

from libra_emo.pipelines.sweep.pipeline import create_pipeline

__all__ = ["create_pipeline"]
