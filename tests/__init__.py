"""Tests; each names the promise (design, section 2) it holds."""
