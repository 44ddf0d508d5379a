"""Whether a release is what it says, and holds nothing that must stay where it was made."""
