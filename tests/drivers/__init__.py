"""Drivers and their simulators, at the wire."""
