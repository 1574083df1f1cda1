"""What the operations of com.microsoft share."""

from __future__ import annotations

from functools import partial

from extensions.front.onnx.common import converts

microsoft = partial(converts, domain="com.microsoft")
