"""The same figures on every machine: whatever its time zone, its locale and the order of its files."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kamtools.store import FieldValue, open_store, records_on

SCRIPT = """\
import sys
from pathlib import Path
from kamtools.fleet.facts_file import facts_text, figures_from_book
from kamtools.book import open_book
from kamtools.fleet.summary import summarise
if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    for account in ("K4", "00123", "小店"):
        book = open_book(account, sys.argv[1], "2026-06-30", "en", True)
        print(facts_text(figures_from_book(book), "en", "ws", "kam", {}))
    print(summarise(book.portfolio, "zh"))
"""


@pytest.mark.slow
def test_figures_are_equal_in_every_time_zone_and_locale(small, tmp_path):
    """A form was saved at an hour that is May here and June there: it stood at the end of May in Shanghai only once."""
    found = []
    for number, (zone, locale) in enumerate(
        [("UTC", "C.UTF-8"), ("Pacific/Auckland", "C"), ("America/Los_Angeles", "zh_CN.GBK")]
    ):
        workspace = Path(shutil.copytree(small, tmp_path / str(number) / "ws"))
        with open_store(workspace) as store:
            for version, hour in enumerate((15, 17)):  # 23:00 on 31 May and 01:00 on 1 June in Shanghai
                at = dt.datetime(2026, 5, 31, hour, tzinfo=dt.UTC)
                taken = {"taken": FieldValue(f"2026-0{5 + version}-01"), "overall": FieldValue(2 + version)}
                store.write("K4", "pulse", taken, version=version or None, who="Li", at=at)
        script = tmp_path / "figures.py"
        script.write_text(SCRIPT, "utf-8")
        done = subprocess.run(
            [sys.executable, str(script), str(workspace)],
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
        found.append(done.stdout.decode("utf-8"))
    assert len(found[0]) > 5000 and json.loads(found[0].split("\n}\n")[0] + "}")["account"] == "K4"
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("machine", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_day_of_a_change_is_that_of_the_settings(tmp_path, monkeypatch, machine):
    import time

    monkeypatch.setenv("TZ", machine)
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        with open_store(tmp_path / "kam.sqlite") as store:
            at = dt.datetime(2026, 5, 31, 15, 30, tzinfo=dt.UTC)
            store.write("A", "pulse", {"taken": FieldValue("x")}, version=None, who="Li", at=at)
            records, changes = store.everything()
        assert set(records_on(records, changes, dt.date(2026, 5, 31), "Asia/Shanghai")) == {("A", "pulse")}
        assert records_on(records, changes, dt.date(2026, 5, 31), "Asia/Tokyo") == {}
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()
