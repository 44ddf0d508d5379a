"""Languages: their codes and names, and in which one a text is written."""
