"""The roles of run.py, started as people and systemd start them."""
