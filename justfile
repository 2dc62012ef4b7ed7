# Every command a developer types. Each is a plain line that can be pasted without `just`.

# Lists them.
default:
    just --list

# What CI runs: format, lints, tests of Rust and Python, generated files, documentation.
check:
    ./test.sh

# The Rust tests.
test:
    cargo test --workspace --all-features

# The Rust tests on every path through the processor but the best.
test-paths:
    ./test.sh paths

# Builds the wheel, installs it into target/venv and runs the Python tests.
test-py:
    ./test.sh python

# Writes the stored vectors again; a change of one needs a reason.
vectors:
    cargo run -p tokenfare-tests --bin vectors

# Compares every scalar value, in sixteen places, with the reference: minutes.
exhaustion:
    cargo test --release -p tokenfare-tests --test exhaustion -- --ignored

# Plants each mutant and expects a test to fail; names choose some: an hour for all.
mutants *NAMES:
    cargo run -p tokenfare-tests --bin mutants -- {{NAMES}}

# Runs a fuzz target until it is stopped; needs nightly and cargo-fuzz.
fuzz TARGET:
    cargo run -p tokenfare-tests --bin seeds
    cargo +nightly fuzz run {{TARGET}}

# Runs a bench.
bench NAME:
    cargo bench -p tokenfare-benches --bench {{NAME}}

# Counts instructions under valgrind and compares them with benches/instructions.txt; `just instructions --write` renews it.
instructions *WRITE:
    cargo run --release -p tokenfare-benches --bin instructions -- {{WRITE}}

# Sets tokenfare beside its peers, and writes the tables and the picture: minutes, and more the first time.
peers *OPTIONS:
    python3 benches/peers/peers.py {{OPTIONS}}

# Writes every generated file again.
regen:
    cargo run -p tokenfare-gen -- all

# Builds the Rust documentation and opens it.
docs:
    cargo doc --all-features --lib --no-deps --open

# Lints; a warning is an error.
lint:
    cargo clippy --workspace --all-features --all-targets -- -D warnings

# Formats.
fmt:
    cargo fmt --all
