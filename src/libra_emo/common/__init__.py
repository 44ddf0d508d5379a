"""What every package shares: files, digests, draws, options, progress, modalities, images."""
