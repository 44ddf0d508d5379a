"""Work on columns of text that holds for millions of rows."""
