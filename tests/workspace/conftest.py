from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sample_pack() -> Path:
    """The committed sample company."""
    return Path(__file__).resolve().parents[2] / "data" / "samples"
