"""Make the workspace of ``workspace_1a52731.zip`` and its figures, with the program of commit 1a52731.

The files stay as that program wrote them and are never made again, unless a
kind of record is to be added::

    git worktree add --detach /tmp/old 1a52731
    cd /tmp && PYTHONPATH=/tmp/old python …/tests/upgrade/make_workspace.py …/tests/upgrade
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

AS_OF = "2026-06-30"
ACCOUNTS = {
    "00123": ("华联超市", "Hualian", "KA"),
    "A-2": ("百佳药房", "Baijia Pharmacy", "KA"),
    "B 3": ("启明电商", "Qiming Online", "EC"),
    "C4": ("北辰商贸", "Beichen Trading", "DI"),
    "D5": ("南山医院", "Nanshan Hospital", "HO"),
}
CUSTOMERS = """\
currency: CNY
dates: iso
workspace: {company_zh: 旧版公司, as_of: "2026-06-30"}
sources:
  customers: "customers.csv"
  sales: "sales_*.csv"
tables:
  accounts:
    source: customers
    columns: {account: 客户编号, name_zh: 客户名称, name_en: Name, segment: 渠道}
  ledger:
    source: sales
    join: [{source: customers, on: {客户: 客户名称}}]
    columns: {invoice: 单号, date: 日期, account: 客户编号, category: 品类, quantity: 数量, amount: 金额, list_amount: 标价, cost: 成本}
"""
FINANCE = """\
currency: CNY
dates: iso
sources:
  open: {file: "finance.xlsx", sheet: 应收}
  spent: {file: "finance.xlsx", sheet: "费用*"}
  plan: {file: "finance.xlsx", sheet: 预算}
tables:
  receivables:
    source: open
    columns: {document: 单据, account: 客户编号, kind: {constant: invoice}, invoice_date: 开票, due_date: 到期, amount: 金额, paid_date: 付款, paid_amount: 已付}
  expenses:
    source: spent
    unpivot: {columns: [陈列, 返利], name: 种类, value: 费用}
    columns: {date: 日期, account: 客户编号, line: {cases: [{where: {种类: 返利}, value: off_invoice_performance}], otherwise: off_invoice_promotional}, amount: 费用, description: 种类}
  budget:
    source: plan
    columns: {account: 客户编号, month: 月份, line: 科目, amount: 金额}
"""


def main(place: Path) -> None:
    """Make both files in `place`."""
    made = Path(tempfile.mkdtemp(prefix="kam-fixture-"))
    workspace, files = made / "company", made / "files"
    files.mkdir()
    write_files(files)
    (files / "customers.yml").write_text(CUSTOMERS, encoding="utf-8")
    (files / "finance.yml").write_text(FINANCE, encoding="utf-8")
    os.environ |= {"KAM_USER": "Li Ming", "KAM_LANG": "en", "TZ": "UTC"}

    kam("import", "customers.yml", "customers.csv", "sales_2025.csv", workspace=workspace, at=files)
    kam("import", "customers.yml", "customers.csv", "sales_2026.csv", workspace=workspace, at=files)
    kam("import", "finance.yml", "finance.xlsx", workspace=workspace, at=files)
    mend(workspace / "quarantine.csv", files / "mended.csv")
    kam("import", "customers.yml", "mended.csv", workspace=workspace, at=files)
    dossiers(workspace)
    forms(workspace)
    kam("designate", "--as-of", AS_OF, workspace=workspace, at=files)
    kam("close", "2026-05", "--who", "Wu", workspace=workspace, at=files)
    figures = {account: figures_of(workspace, account) for account in ("00123", "B 3")}
    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
    (place / "figures.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(workspace / ".cache", ignore_errors=True)
    with zipfile.ZipFile(place / "workspace_1a52731.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(p for p in workspace.rglob("*") if not p.name.startswith("kam.sqlite-")):
            out.write(path, path.relative_to(workspace).as_posix())
    shutil.rmtree(made)


def kam(*arguments: str, workspace: Path, at: Path) -> None:
    """Run one command, as a person would."""
    command = [sys.executable, "-m", "kamtools", *arguments, "--workspace", str(workspace)]
    print("$", *command[2:])
    done = subprocess.run(command, cwd=at, check=False)
    assert done.returncode in (0, 1), done.returncode


def write_files(folder: Path) -> None:
    """Write the foreign files: two of sales that overlap, one workbook."""
    chance = random.Random(1)
    write_csv(
        folder / "customers.csv",
        ["客户编号", "客户名称", "Name", "渠道"],
        [[account, *names] for account, names in ACCOUNTS.items()],
    )
    rows = []
    for n in range(18):
        month = f"{2025 + n // 12}-{n % 12 + 1:02}"
        for account, (name, *_) in ACCOUNTS.items():
            for category in ("护肤", "洗护"):
                size = chance.randint(4, 60)
                if account == "B 3":
                    size += 3 * n
                amount = size * (25 if category == "护肤" else 14)
                rows.append(
                    [f"F{len(rows) + 1:05}", f"{month}-{chance.randint(1, 28):02}", name, category, str(size),
                     f"{amount}.{chance.randint(0, 99):02}", f"{amount * 1.2:.2f}", f"{amount * 0.6:.2f}"]
                )  # fmt: skip
    rows.append(["R0001", "2026-02-10", "华联超市", "护肤", "-5", "-125.50", "-150.00", "-75.00"])
    rows.sort(key=lambda row: row[1])
    head = ["单号", "日期", "客户", "品类", "数量", "金额", "标价", "成本"]
    first = [row for row in rows if row[1] < "2026-01-15"]
    second = [list(row) for row in rows if row[1] >= "2025-12-01"]
    second[-1][5] = "待定"  # mended later
    second[-2][1] = "2026-06-31"  # left as it is
    write_csv(folder / "sales_2025.csv", head, first)
    write_csv(folder / "sales_2026.csv", head, second)

    import xlsxwriter

    with xlsxwriter.Workbook(folder / "finance.xlsx") as book:
        sheet = book.add_worksheet("应收")
        sheet.write_row(0, 0, ["单据", "客户编号", "开票", "到期", "金额", "付款", "已付"])
        for n in range(30):
            day = dt.date(2026, 1, 5) + dt.timedelta(days=5 * n)
            due = day + dt.timedelta(days=30)
            paid = n < 20
            amount = 1000 + 37.5 * n
            late = due + dt.timedelta(days=n % 9)
            sheet.write_row(
                n + 1, 0,
                [f"INV-{n:03}", list(ACCOUNTS)[n % 5], str(day), str(due), amount,
                 str(late) if paid else "", amount if paid else ""],
            )  # fmt: skip
        for name, months in (("费用上半年", range(1, 4)), ("费用二季度", range(4, 7))):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["日期", "客户编号", "陈列", "返利"])
            for i, month in enumerate(months):
                for k, account in enumerate(ACCOUNTS):
                    sheet.write_row(
                        5 * i + k + 1, 0, [f"2026-{month:02}-20", account, 100 + 10 * k, 55.25 + i]
                    )
        sheet = book.add_worksheet("预算")
        sheet.write_row(0, 0, ["客户编号", "月份", "科目", "金额"])
        row = 1
        for account in ACCOUNTS:
            for month in range(1, 13):
                for line, amount in (("invoiced_sales", 1500), ("cost_of_goods", -900)):
                    sheet.write_row(row, 0, [account, f"2026-{month:02}-01", line, amount + month])
                    row += 1


def write_csv(path: Path, head: list[str], rows: list[list[str]]) -> None:
    """Write a CSV as Chinese Excel does."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def mend(quarantine: Path, mended: Path) -> None:
    """Mend the one amount; the impossible day stays."""
    text = quarantine.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    value = rows[0].index("value")
    for row in rows[1:]:
        if row[value] == "待定":
            row[value] = "812.40"
    with mended.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def dossiers(workspace: Path) -> None:
    """Rate two accounts, so that the list of key accounts has somebody on it."""
    from kamtools.workspace import slug

    for account, value in (("00123", 5), ("B 3", 4)):
        rows = [f"account: {account}", "ratings:"]
        for criterion in ("strategic_fit", "relationship", "service_level"):
            rows += [f"  - criterion: {criterion}", f"    value: {value}", "    source: 会谈"]
        (workspace / "dossiers" / f"{slug(account)}.yml").write_text("\n".join(rows) + "\n", encoding="utf-8")


def forms(workspace: Path) -> None:
    """Fill forms, as cells of a notebook do; answer exercises; leave a draft."""
    from kamtools.classroom.answers import answers_of
    from kamtools.forms.drafts import Draft, Drafts
    from kamtools.store import FieldValue, open_store
    from kamtools.workspace import open_workspace

    at = dt.datetime(2026, 6, 1, 9, 30, tzinfo=dt.UTC)
    day = dt.date(2026, 5, 30)
    people = [
        {"name": "王芳", "title": "采购总监", "function": "purchasing", "level": "senior", "role": "decider",
         "influence": 5, "sentiment": 1, "held_by": "Li Ming", "last_contact": "2026-05-20"},
        {"name": "赵强", "function": "category", "level": "middle", "role": "buyer", "reports_to": "王芳",
         "influence": 3, "sentiment": -1, "held_by": "Li Ming", "last_contact": "2026-04-02"},
    ]  # fmt: skip
    with open_store(workspace) as store:
        for account in ("00123", "B 3"):
            profile = {
                "legal_name": FieldValue(ACCOUNTS[account][0] + "有限公司", "会谈", day, "confirmed"),
                "staff": FieldValue(40),
            }
            store.write(account, "profile", profile, version=None, who="Li Ming", at=at)
            profile["staff"] = FieldValue(41, "年报", day, "confirmed")
            store.write(account, "profile", profile, version=1, who="Wu", at=at + dt.timedelta(days=2))
            store.write(account, "contacts", {"people": FieldValue(people)}, version=None, who="Wu", at=at)
    opened = open_workspace(workspace)
    answers_of(opened).put("00123", "exercises", "2.A.1.x1", {"value": 12.5})
    drafts = Drafts(workspace / "answers" / "drafts")
    drafts.put(Draft("", "00123", "swot", "Li Ming", None, at, {"meaning": {"text": "货架位置好"}}))


def figures_of(workspace: Path, account: str) -> dict:
    """Return what ``facts.json`` of the account holds, the data's hash included."""
    from kamtools.book import open_book
    from kamtools.fleet.facts_file import figures_from_book, plain

    found = figures_from_book(open_book(account, workspace, AS_OF, "en", batch=True))
    found["figures"] = [{k: plain(v) for k, v in f.items()} for f in found["figures"]]
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
