"""Whole suites of others, run through the converter, with the verdict of every case on record."""
