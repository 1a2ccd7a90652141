# Everything a fresh machine with rustup needs is set up here; nothing is hidden elsewhere.

.DEFAULT_GOAL := help
.PHONY: help demo test simulate sdk test-sdk fuzz lint deny format toolchain

# The toolchain of rust-toolchain.toml, also where rustup does not install it by itself.
CARGO := cargo

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

toolchain:
	@rustup show active-toolchain >/dev/null 2>&1 || rustup toolchain install
	@rustup target list --installed | grep -qx wasm32-unknown-unknown || { \
		echo 'adding the target wasm32-unknown-unknown to the toolchain'; rustup target add wasm32-unknown-unknown; }

demo: toolchain ## A month of realistic usage, from the report to the posted bills, against local twins
	$(CARGO) run --release --locked --quiet -p skubill-cli -- demo

# Built as the tests are: another choice of packages has other features, and compiles wasmtime once more.
test: toolchain ## Everything that can be tested on this machine; what it lacks is named, and skipped
	$(CARGO) test --release --locked --workspace --no-run
	SKUBILL='$(abspath $(or $(CARGO_TARGET_DIR),target))/release/skubill' sdk/make.sh build
	$(CARGO) test --release --locked --workspace
	sdk/make.sh test

# One seed is told moment by moment.
simulate: toolchain ## A whole month under faults and crashes, SEEDS=… of them, or the one that is SEED=…
	SKUBILL_SEEDS='$(or $(SEEDS),1000)' $(if $(SEED),SKUBILL_SEED='$(SEED)') \
	$(CARGO) test --release --locked --workspace --test host -- --nocapture simulation::a_thousand_seeds

sdk: toolchain ## The packages for Python and JavaScript, and the page, with the types of schemas/ and the modules of this build
	sdk/make.sh shapes
	$(CARGO) build --release --locked -p skubill-cli
	SKUBILL='$(CARGO) run --release --locked --quiet -p skubill-cli --' sdk/make.sh build

test-sdk: sdk ## The tests of both packages, of the page in a browser, and of every program in docs/hosts
	sdk/make.sh test

TIME ?= 60
fuzz: ## Fuzz each target for TIME seconds (or TARGET alone), where there is a nightly toolchain
	TIME='$(TIME)' TARGET='$(TARGET)' fuzz/run.sh

lint: toolchain ## Formatting, and clippy with warnings denied
	@rustup component list --installed | grep -q clippy || rustup component add clippy rustfmt
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --all --check
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings

# Built without optimization, which takes a third of the time: it reads a graph once. Kept beside the target directory.
DENY_VERSION := 0.20.2
DENY_ROOT = $(or $(SKUBILL_TOOLS_DIR),$(abspath $(or $(CARGO_TARGET_DIR),target))/tools)
DENY = $(DENY_ROOT)/bin/cargo-deny
ADVISORIES = $(or $(CARGO_HOME),$(HOME)/.cargo)/advisory-dbs

deny: toolchain ## Licences, sources and crates that are built in, by deny.toml; advisories where their database is at hand
	@$(DENY) --version 2>/dev/null | grep -q ' $(DENY_VERSION)$$' || \
		$(CARGO) install cargo-deny --version $(DENY_VERSION) --locked --debug --root '$(DENY_ROOT)' --target-dir '$(DENY_ROOT)/target' && rm -rf '$(DENY_ROOT)/target'
	$(DENY) --offline --locked check licenses bans sources
	@if [ -d '$(ADVISORIES)' ]; then $(DENY) --offline --locked check advisories; else \
		echo '*** ADVISORIES WERE NOT CHECKED: their database is not at hand; `cargo deny fetch` gets it, with network ***' >&2; fi

format: toolchain ## Format the sources
	$(CARGO) fmt --all
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --all
