#!/usr/bin/env python3
"""Convert a Kaldi model to OpenVINO IR."""

from mo.main import main

if __name__ == "__main__":
    raise SystemExit(main(framework="kaldi"))
