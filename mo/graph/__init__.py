"""The graph: operations, the values between them, shapes, element types and constants."""
