"""Operations of TensorFlow itself in a TF-Lite file ("select", or "flex" operators).

They carry their NodeDef, and are translated as in a file of TensorFlow.
"""

from __future__ import annotations

from extensions.front.tflite.common import TENSORFLOW, converts, delegated

for _kind in TENSORFLOW.types():
    converts(_kind, domain="tensorflow")(delegated(_kind))
