"""The work of annotators: clips that are shown, their assignment, votes that are recorded."""
