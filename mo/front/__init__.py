"""From a model file to a graph, for any framework: reading, cutting, translating."""
