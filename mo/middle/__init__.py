"""Rewriting graphs: patterns as values, and the worklist that applies them."""
