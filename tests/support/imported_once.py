"""What commands in a project import and find out about the code, for a process that forks them."""

import logging
from pathlib import Path

import dvc.cachemgr
import dvc.repo.index
import dvc.stage.cache
import dvc.stage.run
import kedro.framework.cli.cli
import matplotlib.pyplot
import mlflow
import networkx
import scipy.stats
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.linear_model
from kedro.framework.startup import bootstrap_project

import libra_emo.cli.reproduction.walk
import libra_emo.datasets
from libra_emo.cli.session import open_context
from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.stages import digest_stages

ROOT = Path(__file__).parents[2]
__all__ = ["dvc", "kedro", "libra_emo", "matplotlib", "mlflow", "networkx", "scipy", "sklearn"]

logging.disable()
bootstrap_project(ROOT)
with open_context(ROOT, None, {}) as context:
    digest_stages(whole_pipeline(), context.catalog, context.params, ROOT)
logging.disable(logging.NOTSET)
