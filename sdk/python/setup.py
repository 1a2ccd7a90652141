"""What `pyproject.toml` cannot say: a package without its module is none."""

from pathlib import Path

from setuptools import setup

folder = Path(__file__).parent / "skubill"
missing = [name for name in ("skubill.wasm", "_built.py") if not (folder / name).exists()]
if missing:
    raise SystemExit(f"{', '.join(missing)} is missing in {folder}: run `make sdk` in the repository's root")
setup()
