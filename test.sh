#!/usr/bin/env bash
# Runs every test: `./test.sh`; or a part: `./test.sh rust`, `./test.sh python`; or steps by name, `./test.sh fmt clippy`.
#
# A machine needs a Rust toolchain and Python 3.10 or later with venv and pip; all else comes from the package registries
# and goes to target/. A step that fails does not stop the others. The last line says how many passed and how many failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

rust=(fmt clippy test paths features generated mutants docs deny)
python=(wheel pytest)

# One folder and two profiles, dev for the Rust steps and release for the wheel, so that nothing is compiled twice.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
venv=$CARGO_TARGET_DIR/venv
# An answer of a step: it had nothing to run it with.
skipped=77

# What `cargo test` builds of the workspace, so that the steps after it find it built.
whole=(--workspace --all-features)

step_fmt() {
    component fmt && cargo fmt --all --check
}

step_clippy() {
    component clippy && cargo clippy "${whole[@]}" --all-targets -- -D warnings
}

# The Python extension has no Rust tests (its manifest says so), and so is neither built nor linked here.
step_test() {
    cargo test "${whole[@]}" --no-fail-fast
}

# All that compares with references and definitions, on each path through the processor but the best, which `test` takes, with
# a tenth of its texts. The engine's own tests go through every path by themselves; Python's are about what lies above.
step_paths() {
    local path failed=0
    for path in avx2 sse2 scalar; do
        echo "---- $path"
        TOKENFARE_SIMD=$path TOKENFARE_CASES=2000 \
            cargo test "${whole[@]}" --test '*' --no-fail-fast --quiet -- --skip every_path || failed=1
    done
    return $failed
}

# The engine and the library also build, without a warning, with less than everything.
step_features() {
    component clippy && cargo clippy -p tokenfare --no-default-features --features o200k_base -- -D warnings
}

# Every generated file is what its source makes.
step_generated() {
    cargo build "${whole[@]}" --bin tokenfare-gen && "$CARGO_TARGET_DIR/debug/tokenfare-gen" check
}

# The lines that the planted mutants replace are still there; `just mutants` shows that tests kill them.
step_mutants() {
    cargo build "${whole[@]}" --bin mutants && "$CARGO_TARGET_DIR/debug/mutants" --check
}

# Of the crates that users see: the workspace's default members.
step_docs() {
    RUSTDOCFLAGS="${RUSTDOCFLAGS:-} -D warnings" cargo doc --all-features --lib --no-deps
}

# Not its advisories: they come from elsewhere than the registries, and change while the tree does not.
step_deny() {
    component deny && cargo deny check bans licenses sources
}

step_wheel() {
    local found
    if ! "$venv/bin/python" -c '' 2>/dev/null; then
        found=$(interpreter) || return 1
        "$found" -m venv --clear "$venv" || return 1
    fi
    "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off '.[test]'
}

# With what `wheel` installed; without it, this fails.
step_pytest() {
    "$venv/bin/python" -m pytest tests/python
}

# Whether cargo has a command that is not part of every toolchain.
component() {
    if cargo "$1" --version >/dev/null 2>&1; then return 0; fi
    echo "cargo-$1 is not installed: skipped"
    return $skipped
}

# Names a Python that is new enough.
interpreter() {
    local name
    for name in ${PYTHON:-} python3 python3.1{4,3,2,1,0} python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    echo "no Python 3.10 or later was found; PYTHON=/path/to/python names one" >&2
    return 1
}

steps=()
for word in "${@:-all}"; do
    case $word in
        all) steps+=("${rust[@]}" "${python[@]}") ;;
        rust) steps+=("${rust[@]}") ;;
        python) steps+=("${python[@]}") ;;
        *)
            if [[ " ${rust[*]} ${python[*]} " != *" $word "* ]]; then
                echo "unknown step \`$word\`: rust, python, or any of ${rust[*]} ${python[*]}" >&2
                exit 2
            fi
            steps+=("$word")
            ;;
    esac
done

trap 'exit 130' INT
passed=0 failed=0 table=
for step in "${steps[@]}"; do
    printf '\n==== %s\n' "$step"
    began=$SECONDS
    "step_$step" </dev/null
    case $? in
        0) result=passed passed=$((passed + 1)) ;;
        "$skipped") result=skipped ;;
        *) result=FAILED failed=$((failed + 1)) ;;
    esac
    table+=$(printf '%-10s %-8s %5d' "$step" "$result" $((SECONDS - began)))$'\n'
done

printf '\n==== summary\n%-10s %-8s %5s\n%s\n' step result secs "$table"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
