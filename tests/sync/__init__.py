"""The way from kiosk to office, tested on real files, real SQLite, real processes and real HTTP."""
