from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    """The script that makes the sample company, as a module."""
    spec = importlib.util.spec_from_file_location("kam_sample_maker", SAMPLES / "make.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> Path:
    """The committed sample company."""
    return SAMPLES
