"""Composite scenes under a camera, with the exact truth: what lies where, on what, and what is wrong with it.

Two ranges of seeds: thresholds are tuned on `TUNING` alone, figures are reported on `REPORTED`. Every scene is
deterministic by its seed and arguments.
"""

from tests.scenes.make import REPORTED, TUNING, Scene, scene
from tests.scenes.papers import PAPERS, DrawnPaper, draw_paper
from tests.scenes.trays import TRAYS
from tests.scenes.wrongs import DEFECTS

__all__ = ["DEFECTS", "PAPERS", "REPORTED", "TRAYS", "TUNING", "DrawnPaper", "Scene", "draw_paper", "scene"]
