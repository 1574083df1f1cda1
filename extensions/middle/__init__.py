"""Rewrites that hold for every framework; their order is in ``extensions/pipeline.py``."""
