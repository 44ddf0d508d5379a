"""The changes of the store's tables, one file each."""
