"""From the flags --extensions and --transformations_config to extensions at work."""

from __future__ import annotations

from extensions.classic import described
from extensions.classic.frameworks import describe
from extensions.classic.modules import all_modules
from extensions.classic.networks import replacements
from extensions.classic.tables import Extended
from mo.classic.completing import complete_file
from mo.classic.graph import view_of
from mo.classic.loading import load
from mo.classic.modules import complete
from mo.classic.running import Run
from mo.classic.selecting import CustomReplacementRegistry
from mo.classic.source import graph_of
from mo.cli.config import Config
from mo.errors import Finished
from mo.front.model import Model
from mo.front.registry import Translations

__all__ = ["described", "run"]


class Completion(Run):
    """Completes the file of --tensorflow_custom_operations_config_update, and nothing else."""

    def prepare(self, model: Model) -> Model:
        path = self.config.config_update
        assert path is not None
        count = complete_file(path, view_of(graph_of(model, self.describe)))
        raise Finished(f"'{path.name}': inputs and outputs of {count} objects are filled in.")


def run(config: Config, framework: str, translations: Translations) -> Run:
    """Load what the flags name; the code of the folders runs here."""
    complete(all_modules())
    registry = CustomReplacementRegistry()
    registry.clear()
    if config.transformations_config is not None:
        registry.add_custom_replacement_description_from_config(config.transformations_config)
    found = load(config.extensions, framework)
    own = {str(cls.replacement_id) for cls in found.replacements}
    asked = {item.id for item in registry.get_all_replacements_descriptions()} - own
    found.replacements += [cls for cls in replacements(framework) if cls.replacement_id in asked]
    extended = Extended(translations, found.conversions, framework)
    kind = Run if config.config_update is None else Completion
    return kind(found, config, framework, describe(framework), extended)
