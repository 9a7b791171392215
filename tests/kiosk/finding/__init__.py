"""Tests of what the search is made of."""
