"""IR operations by family: attributes, inference of shape, type and value, IR attributes.

Semantics: the OpenVINO operation specification, opset1 to opset16.
"""
