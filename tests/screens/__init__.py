"""Tests of the screens: the real visit, the real pages; the world behind the ports is in memory."""
