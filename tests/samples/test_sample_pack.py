"""The committed sample company: made again byte for byte, without faults, as its README says."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from kamtools.book import listed_on
from kamtools.store import standing
from kamtools.workspace import check_workspace, open_workspace, read_table

HAND_WRITTEN = {"settings.yml", "README.md", "make.py", "money.py", "names.py"}


@pytest.fixture(scope="module")
def opened(samples: Path, tmp_path_factory):
    return open_workspace(samples, cache_dir=tmp_path_factory.mktemp("cache"))


def _data(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes().replace(b"\r\n", b"\n")
        for p in folder.rglob("*")
        if p.is_file() and p.name not in HAND_WRITTEN and not {"__pycache__", "written"} & set(p.parts)
    }


def test_the_committed_data_come_from_the_script(maker, samples: Path, tmp_path: Path) -> None:
    start = time.process_time()
    maker.write(maker.generate(), tmp_path)
    assert time.process_time() - start < 15  # about 1.5 s
    made, kept = _data(tmp_path), _data(samples)
    assert set(made) == set(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_it_has_no_fault(samples: Path) -> None:
    report = check_workspace(samples)
    assert report.findings == (), report.lines("en")


def test_it_is_what_its_page_says(opened, samples: Path) -> None:
    accounts, ledger = read_table(opened, "accounts"), read_table(opened, "ledger")
    assert opened.settings.fictional
    assert opened.settings.as_of == "2026-10-31"
    buying = accounts[accounts["segment"].notna()]
    assert len(buying) == 180
    assert set(buying["segment"]) == {s.id for s in opened.settings.segments}
    assert accounts["name_zh"].is_unique and accounts["name_en"].is_unique
    assert accounts["parent"].notna().sum() >= 5
    assert 38_000 <= len(ledger) <= 45_000
    assert ledger["date"].dt.to_period("M").nunique() == 36
    assert str(ledger["date"].max())[:7] == "2026-10"
    assert len(opened.settings.criteria) >= 8
    assert len(opened.settings.strategies) == 5
    assert sum(p.stat().st_size for p in (samples / "facts").glob("*.csv")) < 9e6


def test_the_tables_agree_with_each_other(opened) -> None:
    ledger, bills = read_table(opened, "ledger"), read_table(opened, "receivables")
    invoiced = (ledger.groupby("invoice")["amount"].sum() * 1.13).round(2)
    owed = bills.set_index("document")["amount"]
    assert np.abs(invoiced.reindex(owed.index) - owed).max() <= 0.011  # VAT, rounded once per document
    assert set(invoiced.index) == set(owed.index)
    assert (ledger.loc[ledger["kind"] == "return", "amount"] < 0).all()
    assert (ledger.loc[ledger["kind"] == "sale", "amount"] > 0).all()
    service = read_table(opened, "service")
    ordered = service.loc[service["driver"] == "order", "quantity"].sum()
    assert ordered == ledger.loc[ledger["kind"] == "sale", "invoice"].nunique()


def test_twelve_key_accounts_are_rated_and_listed(opened, maker) -> None:
    key = list(maker.names.KEY_ACCOUNTS)
    assert len(key) == 12
    rated = {r.account: r.fields for r in standing(opened, ("grading",))}
    assert set(rated) == set(key)
    by_people = {c.id for c in opened.settings.criteria if c.measure is None}
    assert all(set(fields) <= by_people for fields in rated.values())
    assert any(set(fields) < by_people for fields in rated.values())  # some missing on purpose
    assert all(f.source and f.date for fields in rated.values() for f in fields.values())
    assert list(listed_on(opened, dt.date(2025, 12, 31))) == key
    assert list(listed_on(opened, dt.date(2025, 12, 30))) == []


@pytest.mark.slow
def test_the_controls_do_not_change_with_the_stories(maker) -> None:
    full, none = maker.generate(), maker.generate(strength=0)
    story = {s["account"] for s in full.stories}
    ledgers = []
    for sample in (full, none):
        frame = (
            sample.tables["ledger"].select(["date", "account", "product", "quantity", "amount"]).to_pandas()
        )
        frame = frame[~frame["account"].isin(story)]
        ledgers.append(frame.sort_values(list(frame.columns)).reset_index(drop=True))
    assert ledgers[0].equals(ledgers[1])


def test_a_larger_copy(maker) -> None:
    large = maker.generate(accounts=400)
    assert large.tables["accounts"].num_rows == 402
    assert large.tables["ledger"].num_rows > 60_000
    assert len(set(large.tables["accounts"]["account"].to_pylist())) == 402
    with pytest.raises(ValueError, match="accounts"):
        maker.generate(accounts=20)


def test_stories_are_written_down(samples: Path, maker) -> None:
    text = yaml.safe_load((samples / "stories.yml").read_text(encoding="utf-8"))
    assert text["seed"] == maker.SEED
    assert [s["id"] for s in text["stories"]] == [s["id"] for s in maker.generate().stories]
    assert all(s["account"] and s["window"] and s["size"] and s["zh"] and s["en"] for s in text["stories"])


def test_the_page_s_expense_code_is_a_real_one(maker, samples: Path) -> None:
    code = maker.expense_code("26", "A001", "B01", "TP", "DM", 1)
    assert f"`{code}`" in (samples / "README.md").read_text(encoding="utf-8")
