"""Query strategies and certificates on simulated worlds, and on real votes that are replayed."""
