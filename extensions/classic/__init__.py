"""What the classic's extension API knows of operations and frameworks.

``operations.csv`` and ``passes.csv`` list the classes that extensions name; ``operations.py`` and
``passes.py`` make them. ``elementwise``, ``shaping`` ... say what each operation is in the IR:
tables of translations like those of a front end. ``frameworks`` tells what a framework's node
looks like to an extractor. Facts: OpenVINO 2021.4, "Model Optimizer Extensibility" and the
operation sets 1 to 8.
"""
