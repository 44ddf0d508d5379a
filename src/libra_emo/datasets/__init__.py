"""The project's own Kedro datasets; a file is written completely before it replaces the old one.

A catalog entry names them as `libra_emo.datasets.TableDataset` and so on.
"""

from libra_emo.datasets.figures import FigureDataset
from libra_emo.datasets.folders import FolderDataset, WorkFolderDataset
from libra_emo.datasets.labels import TaxonomyDataset
from libra_emo.datasets.llm import (
    KeysDataset,
    LedgerDataset,
    LoginsDataset,
    PricesDataset,
    PromptDataset,
    RecordingDataset,
)
from libra_emo.datasets.paths import dataset_path
from libra_emo.datasets.remembered import RememberedTableDataset
from libra_emo.datasets.reports import JsonLinesDataset, ReportDataset, TextDataset
from libra_emo.datasets.shards import ShardsDataset
from libra_emo.datasets.students import StudentDataset
from libra_emo.datasets.tables import CsvTableDataset, TableDataset
from libra_emo.datasets.votes import VoteStoreDataset

__all__ = [
    "CsvTableDataset",
    "FigureDataset",
    "FolderDataset",
    "JsonLinesDataset",
    "KeysDataset",
    "LedgerDataset",
    "LoginsDataset",
    "PricesDataset",
    "PromptDataset",
    "RecordingDataset",
    "RememberedTableDataset",
    "ReportDataset",
    "ShardsDataset",
    "StudentDataset",
    "TableDataset",
    "TaxonomyDataset",
    "TextDataset",
    "VoteStoreDataset",
    "WorkFolderDataset",
    "dataset_path",
]
