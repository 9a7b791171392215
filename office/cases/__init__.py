"""Submissions become cases: taken in whole, opened with the office's key, filed, counted."""
