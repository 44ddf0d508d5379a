"""What several packages do with texts."""
