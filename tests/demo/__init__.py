"""The main job, as one command."""
