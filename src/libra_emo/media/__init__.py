"""Films as data: scenes, subtitles, faces and voices; clips as files and as shards.

Other packages may import `media.options`, `media.shards`, `media.films` and `media.sources`. The
remaining packages are private to this one: `video`, `subtitles`, `faces`, `voice` and `clips`.
"""
