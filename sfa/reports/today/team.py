"""What a manager's people did on the day, and which quotes of theirs wait for approval. One query."""

from __future__ import annotations

from sfa.reports.today.asking import ABOUT, BELOW, Ask, Part, local_time
from sfa.reports.today.figures import Entry, Section

# Who reports to the user, directly or through others; where nobody does, the others of the team.
_PEOPLE = f"""WITH RECURSIVE {BELOW}, people(id) AS (SELECT id FROM below UNION SELECT u.id FROM user u
    WHERE u.team_id = :team AND u.id <> :me AND u.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM below))"""
_VISITS = Part(
    "team_visits",
    "SELECT 'visit' AS noun, v.id, v.ref, coalesce(v.outcome, v.purpose, '') AS text,"
    f" {ABOUT.format('v')} AS about, (SELECT u.name FROM user u WHERE u.id = v.owner_id) AS who, v.at,"
    " '' AS mark, '' AS was, '' AS is_now, NULL AS amount, NULL AS currency,"
    " (SELECT count(*) FROM comment c WHERE c.activity_id = v.id AND c.deleted_at IS NULL) AS comments"
    " FROM activity v WHERE v.deleted_at IS NULL AND v.kind = 'visit' AND v.state = 'done'"
    " AND v.at >= :begin AND v.at < :finish AND +v.owner_id IN (SELECT id FROM people)",
    "at DESC, id",
)
_LATEST = "ORDER BY {0}.recorded_at DESC, {0}.id DESC LIMIT 1"
# The last event of the day against the last one before it.
_DEALS = Part(
    "team_deals",
    "SELECT 'deal' AS noun, d.id, d.ref, d.name AS text,"
    " (SELECT a.name FROM account a WHERE a.id = d.account_id) AS about,"
    " (SELECT u.name FROM user u WHERE u.id = e.owner_id) AS who, e.recorded_at AS at,"
    " CASE WHEN n.kind <> 'open' THEN n.kind WHEN b.id IS NULL THEN 'new' ELSE 'moved' END AS mark,"
    " coalesce(b.name, '') AS was, n.name AS is_now, e.amount_minor AS amount, e.currency, NULL AS comments"
    " FROM deal_event e JOIN deal d ON d.id = e.deal_id JOIN stage n ON n.id = e.stage_id"
    " LEFT JOIN stage b ON b.id = (SELECT p.stage_id FROM deal_event p WHERE p.deal_id = e.deal_id"
    " AND p.deleted_at IS NULL AND p.effective_on < :today"
    " ORDER BY p.effective_on DESC, p.recorded_at DESC, p.id DESC LIMIT 1)"
    " WHERE e.effective_on = :today AND e.deleted_at IS NULL AND d.deleted_at IS NULL"
    " AND e.owner_id IN (SELECT id FROM people) AND b.id IS NOT n.id"
    " AND e.id = (SELECT l.id FROM deal_event l WHERE l.deal_id = e.deal_id AND l.deleted_at IS NULL"
    f" AND l.effective_on = :today {_LATEST.format('l')})",
    "CASE mark WHEN 'won' THEN 0 WHEN 'lost' THEN 1 WHEN 'new' THEN 2 ELSE 3 END, amount IS NULL,"
    " amount DESC, text, id",
)


# Quotes of those below that wait for approval, the longest first; who decides is the centre's to say.
_APPROVALS = Part(
    "approvals",
    "SELECT 'quote' AS noun, q.id, q.ref, q.number AS text,"
    " (SELECT a.name FROM account a WHERE a.id = q.account_id) AS about,"
    " (SELECT u.name FROM user u WHERE u.id = q.owner_id) AS who, q.updated_at AS at, '' AS mark, '' AS was,"
    " '' AS is_now, q.total_minor AS amount, q.currency, NULL AS comments"
    " FROM quote q WHERE q.deleted_at IS NULL AND q.state = 'submitted'"
    " AND q.owner_id IN (SELECT id FROM people)",
    "at, text, id",
)


def team_sections(ask: Ask, team: str | None) -> dict[str, Section]:
    """Return what the people of a manager, or of a team, did on the day."""
    rows = ask.rows((_VISITS, _DEALS, _APPROVALS), before=_PEOPLE, team=team)
    found = {}
    for kind in ("team_visits", "team_deals", "approvals"):
        entries = []
        for noun, record, ref, text, about, who, at, mark, was, is_now, amount, currency, said, _ in rows[
            kind
        ]:
            time = local_time(at) if kind == "team_visits" else None
            entries.append(
                Entry(
                    noun, record, ref, text, about or "", ask.today.isoformat(), time, mark=mark,
                    who=who or "", before=was, after=is_now, amount=amount, currency=currency, count=said,
                )
            )  # fmt: skip
        found[kind] = Section(kind, tuple(entries), int(rows[kind][0][-1]) if rows[kind] else 0)
    return found
