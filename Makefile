# Two commands: `make demo` shows what the library does, `make test` passes every test. Both set up what they need: on Debian with
# rustup's stable toolchain that is nothing to do beforehand. Everything is written under target/.

export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
CARGO := cargo
# What the tests select: everything, with both engines.
ALL := --locked --workspace --features crm-core/postgres
PYTHON := target/venv/bin/python

.PHONY: demo test test-rust test-python test-postgres bench soak clean

# A sales history becomes a database with scores, a board and a forecast. `make demo DATA=<folder>` takes yours, `make demo URL=<url>` fills
# a schema of a PostgreSQL server; see README.md.
demo:
	@.ci/setup cc
ifndef DATA
	@$(CARGO) run -q --locked -p crm-core --example make_history -- target/demo/history
endif
	@$(CARGO) run -q --locked -p crm-core $(if $(URL),--features postgres) --example demo -- \
		"$(or $(DATA),target/demo/history)" target/demo $(if $(URL),'$(URL)')

# Rust with its documentation's examples, the C and C++ programs, then Python; then what both engines share once more on PostgreSQL.
test: test-rust test-python test-postgres

test-rust:
	.ci/setup cc
	$(CARGO) test $(ALL)

# The cases, the laws and the engine's own tests beside a server that .ci/postgres starts and ends; then Python.
test-postgres: target/venv/ready
	.ci/postgres $(CARGO) test $(ALL) --test postgres --test copy --test processes --test acceptance --test properties -- --skip in_a_file
	.ci/postgres $(PYTHON) -m pytest -q -n auto tests/python

# The package is built as `pip install ./crm-py` does, only with the profile that compiles fastest.
test-python: target/venv/ready
	$(PYTHON) -m pip install -q --disable-pip-version-check --force-reinstall --no-deps \
		--config-settings=build-args="--profile dev --locked --features postgres" ./crm-py
	$(PYTHON) -m pytest -q -n auto tests/python

target/venv/ready: tests/python/requirements.txt
	.ci/setup cc
	"$$(.ci/setup python)" -m venv --clear target/venv
	$(PYTHON) -m pip install -q --disable-pip-version-check -r $<
	touch $@

# Figures, beside plain SQLite: the pipeline, the score, customers; `CRM_BENCH=10000 make bench` for a smaller file than a million leads. Then both engines side by side, if
# `CRM_BENCH_URL` names a server.
bench:
	.ci/setup cc
	$(CARGO) bench --locked -p crm-core --bench pipeline
	$(CARGO) bench --locked -p crm-core --bench score
	$(CARGO) bench --locked -p crm-core --bench customers
	$(CARGO) bench --locked -p crm-core --bench assign
	$(CARGO) bench --locked -p crm-core --features postgres --bench engines

# Random verbs of random users against the laws of the pipeline, each run with another seed; an hour or more.
CASES ?= 20000
soak:
	.ci/setup cc
	PROPTEST_CASES=$(CASES) $(CARGO) test --release --locked -p crm-core --test properties -- --nocapture

clean:
	$(CARGO) clean
	rm -rf target
