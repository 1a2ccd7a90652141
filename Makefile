# Everything a fresh machine with rustup needs is set up here; nothing is hidden elsewhere.

.DEFAULT_GOAL := help
.PHONY: help demo test simulate sdk test-sdk fuzz lint format toolchain

# The toolchain of rust-toolchain.toml, also where rustup does not install it by itself.
CARGO := cargo

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

toolchain:
	@rustup show active-toolchain >/dev/null 2>&1 || rustup toolchain install
	@rustup target list --installed | grep -qx wasm32-unknown-unknown || { \
		echo 'adding the target wasm32-unknown-unknown to the toolchain'; rustup target add wasm32-unknown-unknown; }

demo: toolchain ## A month of realistic usage, from the report to the posted bills, against local twins
	$(CARGO) run --release --locked --quiet -p skubill -- demo

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

sdk: toolchain ## The packages for Python and JavaScript, and the page, with the modules of this build
	$(CARGO) build --release --locked -p skubill
	SKUBILL='$(CARGO) run --release --locked --quiet -p skubill --' sdk/make.sh build

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

format: toolchain ## Format the sources
	$(CARGO) fmt --all
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --all
