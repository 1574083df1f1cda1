"""The extension API of the classic Model Optimizer, as thin views on the graph.

Files written for the classic import these classes from the modules where it had them
(``mo.graph.graph``, ``mo.front.extractor`` ...); :mod:`mo.classic.modules` says which name lives
where. Facts of the API: OpenVINO 2021.4 documentation, "Model Optimizer Extensibility".

layer         the operation that attributes describe: of a framework, or of a user
attributes    the dictionary of a node, read from an operation and written back to it
node, port, connection, graph    what extensions hold in their hands
inference     a user's ``infer``, also where sizes are open
op, extractor, replacement    the base classes
matching, walks    patterns; ways through the graph
descriptions, selecting, completing    a JSON configuration, and the sub-graphs that it names
packages, loading, schedule, running    which extensions there are, and which runs when
source        the model of a file as a graph, before its translation, and back
"""
