"""For installers that know no pyproject.toml; everything is declared there."""

from setuptools import setup

setup()
