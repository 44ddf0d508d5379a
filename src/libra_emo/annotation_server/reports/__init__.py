"""What the lead reads: progress, agreement, the history of clips, exports."""
