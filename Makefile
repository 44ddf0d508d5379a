# `make` or `make help` lists what there is.
# the first supported Python on the path; another one: make run PYTHON=/path/to/python3.13
PYTHON ?= $(shell for each in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
# the folder's name may have any letters, in every locale
export PYTHONUTF8 := 1
# no package sends telemetry
export DO_NOT_TRACK := 1
export KEDRO_DISABLE_TELEMETRY := 1
export MLFLOW_DISABLE_TELEMETRY := true
export DVC_NO_ANALYTICS := 1
# otherwise litellm, which MLflow imports, asks the network for prices, and waits for ever without one
export LITELLM_LOCAL_MODEL_COST_MAP := True
# ENV=paper chooses conf/paper; PARAMS="seed=7,max_rounds=2" overrides parameters
# WAIT=1 lets a run stay while people label
RUN_OPTIONS := $(if $(ENV),--env $(ENV)) $(if $(PARAMS),--params $(PARAMS)) $(if $(WAIT),--wait)

# Python reads .pth files in the locale's encoding: a relative path has only ASCII letters
define relative_sources
@for file in .venv/lib/python*/site-packages/_editable_impl_libra_emo.pth; do echo ../../../../src > "$$file"; done
endef

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-gpu lint format viz mlflow annotate demo-annotate repro summary clean pictures constraints

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

run: .venv/run.stamp ## install, then run all pipelines; only missing or stale stages are run
	@$(BIN)/kedro reproduce $(RUN_OPTIONS)

repro: run ## same as run

test: .venv/test.stamp ## run all tests except the slow, browser, postgres and gpu ones
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not browser and not postgres and not gpu"

test-slow: .venv/test.stamp ## run the slow, browser and postgres tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=15 -m "(slow or browser or postgres) and not gpu"

test-gpu: .venv/test.stamp ## run the tests that need a CUDA GPU, and print their measurements
	@$(BIN)/python -m pytest -m gpu -s

lint: .venv/test.stamp ## check with ruff, mypy and import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/test.stamp ## format the code, and let ruff correct what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

viz: .venv/run.stamp ## open kedro-viz in a browser: the pipelines and their tables
	@$(BIN)/kedro lineage $(if $(ENV),--env $(ENV))

mlflow: .venv/run.stamp ## open MLflow in a browser: the runs and their curves
	@$(BIN)/kedro runs $(if $(ENV),--env $(ENV))

annotate: .venv/run.stamp ## import people's votes from a CSV: make annotate FILE=votes.csv
	@$(BIN)/kedro import-votes $(FILE)

demo-annotate: .venv/run.stamp ## label some clips in the browser: prints a link; nothing is kept
	@test -f data/03_primary/candidates.parquet || $(BIN)/kedro run --pipeline preprocessing
	@$(BIN)/kedro annotate --demo

summary: .venv/run.stamp ## print the table of rounds and the bench scores
	@$(BIN)/kedro summary

pictures: .venv/test.stamp ## make the pictures of README and docs from the results of `make run` (needs Chromium)
	@$(BIN)/python docs/pictures.py
	@$(BIN)/python docs/architecture_picture.py

clean: ## remove all results; films, the bench's split, people's votes and paid answers of models stay
	@find data/02_intermediate data/03_primary data/04_feature data/05_model_input data/06_models data/07_model_output data/08_reporting \
		-mindepth 1 -not -name .gitkeep -not -name '*answers.sqlite*' -not -name 'recorded_*' -not -name '*.dvc' -not -name configuration.yml -not -name split.csv -not -name bench_clips.csv -not -name '.split.csv.*' -not -name '.bench_clips.csv.*' -delete

constraints: .venv/uv.stamp ## update constraints.txt
	@$(BIN)/uv pip compile --quiet --upgrade --all-extras --no-header --no-annotate --universal --python-version 3.11 pyproject.toml -o constraints.txt

.venv/uv.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12, 3.13 or 3.14 is needed; give its path: make run PYTHON=/path/to/python3.13"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $$(grep '^uv==' constraints.txt)
	@touch $@

.venv/run.stamp: .venv/uv.stamp pyproject.toml constraints.txt
	@$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt -e .
	$(relative_sources)
	@touch $@

.venv/test.stamp: .venv/run.stamp
	@$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt -e '.[train,dask,postgres,dev]'
	$(relative_sources)
	@touch $@
