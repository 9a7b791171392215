"""The roles of run.py, one module each: what a process is made of."""
