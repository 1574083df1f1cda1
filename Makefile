# The two commands of the README: `make demo` and `make check`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo check lint types test heavy format clean

demo: $(VENV)/run
	$(BIN)/python examples/make_resnet.py build/resnet18.onnx
	$(BIN)/python mo.py --input_model build/resnet18.onnx --output_dir build

check: lint types test

lint: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev
	$(BIN)/mypy

test: $(VENV)/dev
	$(BIN)/python -m pytest -n 2

heavy: $(VENV)/dev
	$(BIN)/python -m pytest -n 2 -m heavy

format: $(VENV)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
