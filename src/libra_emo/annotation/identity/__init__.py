"""What tells people, clips and votes apart, and the times by which they are ordered."""
