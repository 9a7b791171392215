"""Faults through the real window: short visits by real touches, each with something broken."""
