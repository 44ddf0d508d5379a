"""What a release consists of: its films, tables, shards and list of contents."""
