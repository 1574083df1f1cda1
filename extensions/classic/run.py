"""From the flags --extensions and --transformations_config to extensions at work."""

from __future__ import annotations

from extensions.classic import described
from extensions.classic.frameworks import describe
from extensions.classic.modules import all_modules
from extensions.classic.tables import Extended
from mo.classic.loading import load
from mo.classic.modules import complete
from mo.classic.running import Run
from mo.classic.selecting import CustomReplacementRegistry
from mo.cli.config import Config
from mo.front.registry import Translations

__all__ = ["described", "run"]


def run(config: Config, framework: str, translations: Translations) -> Run:
    """Load what the flags name; the code of the folders runs here."""
    complete(all_modules())
    registry = CustomReplacementRegistry()
    registry.clear()
    if config.transformations_config is not None:
        registry.add_custom_replacement_description_from_config(config.transformations_config)
    found = load(config.extensions, framework)
    extended = Extended(translations, found.conversions, framework)
    return Run(found, config, framework, describe(framework), extended)
