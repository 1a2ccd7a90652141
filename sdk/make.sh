#!/usr/bin/env bash
# Makes the packages and tests them: `make sdk`, `make test-sdk`. What a machine lacks is skipped, loudly; with CI
# set that is a failure.
set -euo pipefail
cd "$(dirname "$0")"

skipped() {
  echo "SKIPPED: $1" >&2
  if [ -n "${CI:-}" ]; then
    echo 'In CI nothing is skipped.' >&2
    exit 1
  fi
}

has_python() {
  python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

has_node() {
  command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
}

# The two files that `skubill component` hands out, the core module into the package for Python.
modules() {
  mkdir -p built
  $SKUBILL component --out built/skubill.wasm
  said=$($SKUBILL component --core --out built/skubill.core.wasm)
  echo "$said"
  version=$($SKUBILL --version)
  cp built/skubill.core.wasm python/skubill/skubill.wasm
  printf 'SHA256 = "%s"\nVERSION = "%s"\n' "${said##*sha256 }" "${version##* }" >python/skubill/_built.py
}

# The classes and types of both packages, from the schemas. They are committed; the tests compare them.
shapes() {
  if has_python; then
    python3 python/shapes.py
  else
    skipped 'Python 3.10 or later, with venv: its classes stay as they are'
  fi
  if has_node; then
    js_libraries
    (cd js && node shapes.mjs)
  else
    skipped 'Node 20 or later, with npm: its types stay as they are'
  fi
}

# Installed as anyone installs it, from the folder, into an environment of its own.
python_package() {
  has_python || { skipped 'Python 3.10 or later, with venv: no package for Python'; return; }
  [ -x python/.venv/bin/python ] || python3 -m venv python/.venv
  python/.venv/bin/python -m pip install --quiet --force-reinstall --no-deps ./python
  python/.venv/bin/python -m pip install --quiet ./python -r python/tests/requirements.txt
  rm -rf python/build python/skubill.egg-info
}

js_libraries() {
  (
    cd js
    if ! cmp -s package-lock.json node_modules/.made-of; then
      npm ci --no-audit --no-fund --loglevel=error
      cp package-lock.json node_modules/.made-of
    fi
  )
}

js_package() {
  has_node || { skipped 'Node 20 or later, with npm: no package for JavaScript'; return; }
  js_libraries
  (cd js && node build.mjs)
}

tests() {
  if has_python; then
    python/.venv/bin/python -m unittest discover -s python/tests -t python/tests
    (cd python && .venv/bin/python -m mypy --no-error-summary)
  else
    skipped 'Python 3.10 or later, with venv: the tests of its package'
  fi
  if has_node; then
    (cd js && node --test tests/*.test.mjs)
  else
    skipped 'Node 20 or later, with npm: the tests of its package, of the page, and of docs/hosts'
  fi
}

case "$1" in
  shapes) shapes ;;
  build)
    modules
    python_package
    js_package
    ;;
  test) tests ;;
  *)
    echo "usage: $0 shapes|build|test" >&2
    exit 2
    ;;
esac
