"""Clips as models read them: one tar a film with frames and sound, whose bytes are reproducible."""

from libra_emo.media.shards.beside import read_beside, write_beside
from libra_emo.media.shards.clip_data import ClipData
from libra_emo.media.shards.errors import DamagedShardError, ShardError
from libra_emo.media.shards.index import remove_orphans
from libra_emo.media.shards.reader import ShardReader, read_ahead
from libra_emo.media.shards.reading_ahead import Ahead, ReadAhead
from libra_emo.media.shards.writer import ShardWriter

__all__ = [
    "Ahead",
    "ClipData",
    "DamagedShardError",
    "ReadAhead",
    "ShardError",
    "ShardReader",
    "ShardWriter",
    "read_ahead",
    "read_beside",
    "remove_orphans",
    "write_beside",
]
