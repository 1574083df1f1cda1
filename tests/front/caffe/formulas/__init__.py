"""Caffe's layers as their documentation describes them, in plain numpy.

Loops over windows and boxes are slow and short on purpose: they are the definition.
"""
