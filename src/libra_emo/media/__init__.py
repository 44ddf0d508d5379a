"""Films as data: scenes, subtitles, faces and voice; clips as files and as shards."""
