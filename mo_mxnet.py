#!/usr/bin/env python3
"""Convert a MXNet model to OpenVINO IR."""

from mo.main import main

if __name__ == "__main__":
    raise SystemExit(main(framework="mxnet"))
