"""A store with so many leads, each with a phone, put in by plain SQL: for timing what reads.

The triggers stand aside, so there is no log of the leads: nothing that changes data is timed on it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sfa import ids
from sfa.store.schema import ready

_NUMBERS = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
_LEADS = f"""{_NUMBERS} INSERT INTO lead
    (id, ref, created_at, updated_at, owner_id, name, company, source, status, rating, next_step)
  SELECT id, sfa_ref(id), created, created, (SELECT id FROM user LIMIT 1),
    substr('王李张刘陈杨赵黄周吴', 1 + n % 10, 1) || substr('伟芳娜敏静强磊军洋勇', 1 + n / 10 % 10, 1)
      || ' ' || printf('%06d', n),
    CASE n % 4 WHEN 0 THEN '上海华创科技有限公司' WHEN 1 THEN 'Acme Trading '
      WHEN 2 THEN '深圳市' ELSE 'Lyon Export ' END || (n * 7919 % 1000),
    CASE n % 3 WHEN 0 THEN 'web' WHEN 1 THEN '展会' END,
    CASE n % 5 WHEN 0 THEN 'working' WHEN 1 THEN 'nurturing' WHEN 2 THEN 'qualified' ELSE 'new' END,
    CASE n % 4 WHEN 0 THEN 'hot' WHEN 1 THEN 'warm' WHEN 2 THEN 'cold' END,
    CASE n % 2 WHEN 0 THEN '下周回访' ELSE 'call back on Friday' END
  FROM (SELECT n,
    printf('%08x-%04x-7000-8%03x-%012x', 26000000 + n / 65536, n % 65536, n % 4096,
      n * 2654435761 % 281474976710656) AS id,
    strftime('%Y-%m-%dT%H:%M:%fZ', '2025-01-01', (n * 31) || ' seconds') AS created FROM n)"""
_PHONES = """INSERT INTO phone (id, created_at, updated_at, lead_id, value, digits)
  SELECT substr(id, 1, 14) || '7' || substr(id, 16), created_at, created_at, id,
    '+86138' || printf('%08d', rowid), '86138' || printf('%08d', rowid) FROM lead"""


def make(home: Path, leads: int) -> None:
    """Make a store in an empty folder and fill it."""
    connection = sqlite3.connect(ready(home), isolation_level=None)
    connection.create_function("sfa_ref", 1, ids.ref_of)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(_LEADS, (leads,))
    connection.execute(_PHONES)
    for _, text in triggers:
        connection.execute(text)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
