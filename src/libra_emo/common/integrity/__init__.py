"""Files that notice damage: checksums, and tables that carry theirs."""
