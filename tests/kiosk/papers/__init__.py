"""Tests of what paper a page is and what it says."""
