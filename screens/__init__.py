"""Pixels and touch (Kivy)."""
