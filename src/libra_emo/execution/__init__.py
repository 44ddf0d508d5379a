"""Execution of calls: in processes of this machine, or on a Dask cluster."""
