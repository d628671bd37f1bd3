"""The data the rows are measured on, built once and kept in the cache.

A store's folder is named after the generator and the schema, so that neither an old
generator's rows nor an old schema's file is ever measured.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import deals
from benchmarks import quotes as copied
from benchmarks.generator import GENERATOR, write_leads, write_tasks
from benchmarks.places import CACHE, SFA
from benchmarks.timing import environment
from sfa.store.version import SCHEMA_VERSION

SIZES = (1_000, 100_000, 1_000_000)
ACCOUNT = "客户 7"
_KEPT = CACHE / f"stores-{GENERATOR}-{SCHEMA_VERSION}"


def lead_file(count: int) -> Path:
    """Return a CSV file of so many leads with 14 columns."""
    return _once(f"leads-{count}.csv", lambda path: write_leads(path, count))


def leads(count: int) -> Path:
    """Return a home with so many leads, imported by sfa itself, and one account."""
    return _once(f"leads-{count}", lambda path: _import_leads(path, count))


def _import_leads(home: Path, count: int) -> None:
    home.mkdir()
    sfa(home, "account", "add", ACCOUNT)
    sfa(home, "import", "leads", str(lead_file(count)), "--yes")
    found = _one(home, "SELECT count(*) FROM lead")
    if found != count:
        raise RuntimeError(f"{found:,} of {count:,} leads were imported")


def deal_home(count: int) -> Path:
    """Return a home with so many deals of three events each."""
    return _once(f"deals-{count}", lambda path: _fill_deals(path, count))


def _fill_deals(home: Path, count: int) -> None:
    home.mkdir()
    sfa(home, "deal", "list")
    deals.fill(home, count)


def quote() -> Path:
    """Return a home with one quote of thirty lines in Chinese and English, within everybody's limits."""
    return _once("quote", _write_quote)


def _write_quote(home: Path) -> None:
    home.mkdir()
    sfa(home, "config", "org", "set", "currency", "CNY")
    sfa(home, "config", "org", "set", "organisation_name", "上海曜枫光电科技有限公司")
    sfa(home, "config", "org", "set", "seller_name_en", "Shanghai Yaofeng Photonics Co., Ltd.")
    sfa(home, "tax", "add", "VAT", "--rate", "13%", "--default", "yes")
    sfa(home, "account", "add", ACCOUNT)
    names = ("激光位移传感器 Laser sensor", "屏蔽电缆 Shielded cable", "现场安装调试 Installation")
    for number, name in enumerate(names, 1):
        sfa(
            home,
            "product",
            "add",
            name,
            "--code",
            f"P-{number}",
            "--price",
            f"{1280 * number}",
            "--unit",
            "台",
        )
    lines = [f"P-{each % 3 + 1} x {each + 1} -{each % 4 * 5}%" for each in range(30)]
    sfa(
        home,
        "quote",
        "add",
        "滨江二期 Line 2",
        "--account",
        ACCOUNT,
        *(word for each in lines for word in ("--line", each)),
    )


def quote_number(home: Path) -> str:
    """Return the number of the quote in a home."""
    with sqlite3.connect(f"{_file(home).as_uri()}?mode=ro", uri=True) as connection:
        return str(connection.execute("SELECT number FROM quote").fetchone()[0])


def quote_of(lines: int) -> Path:
    """Return a home with a quote of so many lines."""
    return _once(f"quote-{lines}", lambda path: _fill_quote(path, lines))


def _fill_quote(home: Path, lines: int) -> None:
    home.mkdir()
    sfa(home, "account", "add", ACCOUNT)
    sfa(home, "product", "add", "Pump", "--price", "100")
    texts = [
        f"Part {number} x {number % 9 + 1} @ {number}.50 -{number % 7}%" for number in range(2, lines + 1)
    ]
    sfa(home, "quote", "add", "--account", ACCOUNT, *(f"--line={text}" for text in ("Pump x 3", *texts)))


def quotes(count: int) -> Path:
    """Return a home with so many quotes of thirty lines each."""
    return _once(f"quotes-{count}", lambda path: _fill_quotes(path, count))


def _fill_quotes(home: Path, count: int) -> None:
    shutil.copytree(quote(), home)
    copied.copy(home, count)


def newest_quotes(home: Path, count: int = 20) -> list[str]:
    """Return the numbers of the newest quotes: what the first screen of their list shows."""
    with sqlite3.connect(f"{_file(home).as_uri()}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT number FROM quote ORDER BY created_at DESC, id DESC LIMIT ?", (count,)
        )
        return [number for (number,) in rows]


def tasks(count: int) -> Path:
    """Return a data folder of Taskwarrior with so many tasks."""

    def build(path: Path) -> None:
        path.mkdir()
        write_tasks(path / "pending.data", count)
        (path / "taskrc").write_text("news.version=2.6.0\n", "utf-8")

    return _once(f"tasks-{count}", build)


def sfa(home: Path, *arguments: str) -> None:
    """Run sfa in a home; it must succeed."""
    done = subprocess.run(
        [SFA, *arguments], env=environment(home), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"sfa {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-800:]}")


@contextmanager
def copy_of(home: Path) -> Iterator[Path]:
    """Lend a copy of a home to a row that writes; it is removed afterwards."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        copied = Path(folder, "home")
        shutil.copytree(home, copied)
        yield copied


def first_names(home: Path, count: int = 40) -> list[str]:
    """Return the names of the newest leads: what the first screen of a list shows."""
    with sqlite3.connect(f"{_file(home).as_uri()}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT name FROM lead WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?",
            (count,),
        )
        return [name for (name,) in rows]


def _one(home: Path, query: str) -> int:
    with sqlite3.connect(_file(home)) as connection:
        return int(connection.execute(query).fetchone()[0])


def _file(home: Path) -> Path:
    return home / "sfa.db"


def _once(name: str, build: Callable[[Path], None]) -> Path:
    kept = _KEPT / name
    if not kept.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        print(f"building {name} ...", flush=True)
        with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
            build(Path(folder, name))
            Path(folder, name).replace(kept)
    return kept
