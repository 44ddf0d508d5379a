"""Agreement and consensus as arithmetic on numbers of answers: no tables, no store."""
