"""For every test of the project: which goal of the Makefile runs it, and no skip on the build machine (``CI``).

``make test`` leaves out what is marked ``slow``, ``browser`` or ``faults``; ``make test-full`` runs the first two and
every notebook.
"""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)  # before -m chooses among them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what need not be marked by hand: cells of notebooks, tests that start PostgreSQL."""
    for item in items:
        store = getattr(item, "callspec", None) and item.callspec.params.get("new_store_target")
        if item.path.suffix == ".ipynb":
            item.add_marker("notebook")
        elif store == "postgresql" or "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


def _fail_a_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"no test may skip on the build machine: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    _fail_a_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    _fail_a_skip(report)
    return report
