#!/bin/sh
# A rep's day in a home of its own, that is thrown away at the end. Run it with: make demo
set -eu

SFA_HOME=$(mktemp -d "${TMPDIR:-/tmp}/sfa-demo.XXXXXX")
trap 'rm -rf "$SFA_HOME"' EXIT
trap 'exit 130' INT TERM
export SFA_HOME
export LANG="${SFA_DEMO_LANG:-C.UTF-8}"
export LOGNAME=mei
unset LC_ALL LANGUAGE SFA_LANG 2>/dev/null || true

say() { printf '\n%s\n' "== $* =="; }
shown() {
	printf '$ sfa'
	for word in "$@"; do
		case $word in *[!A-Za-z0-9_=,.:/@+%-]*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '\n'
}
look() { shown "$@"; sfa "$@" --format table; }
# A change says in a pipe what it made as a row for scripts; the remark on stderr is for people.
act() {
	shown "$@"
	if [ -t 1 ]; then sfa "$@"; else sfa "$@" 2>&1 >/dev/null; fi
}
quietly() {
	told=$(sfa "$@" 2>&1) || { printf '%s\n' "$told" >&2; exit 1; }
}

say "Last month: two customers, three deals, somebody to call"
export SFA_TODAY=2026-10-26
quietly product add "Pump P20" --code P20 --price "CNY 1500"
quietly account add "华创科技" --industry 制造 --region 上海 --tier key
quietly account add "Acme Works" --industry Machinery --region Leeds
quietly contact add "王强" --title 采购总监 --account 华创科技 --phone 13800138000
quietly deal add "华创 – 二期产线" --account 华创科技 --amount "CNY 180000" --close-date 2026-12-18
quietly deal add "Acme – spare parts" --account "Acme Works" --amount "CNY 24000" --close-date 2026-11-30
quietly deal add "Acme – service contract" --account "Acme Works" --amount "CNY 60000" --close-date 2027-01-29
look deal list --fields name,account,stage,amount,close_date

say "Monday, 23 November: a new lead came in"
export SFA_TODAY=2026-11-23
act lead add "Li Na" --company "Nordic Foods" --phone "+86 139 0013 9000" --source exhibition --next-follow-up 2026-11-23
look today

say "At the customers: one line a visit, in either language"
act log "拜访华创科技，王总要正式报价，周五跟进" --yes
act log "called Acme Works, spare parts approved, send the contract tomorrow" --yes
look task list --fields subject,due,account

say "The deals move on"
act deal advance "华创 – 二期产线"
act deal win "Acme – spare parts" --reason "delivery in two weeks"
act deal lose "Acme – service contract" --reason "they keep their own fitters"

say "That was too early: take it back"
shown undo
sfa undo
look deal history "Acme – service contract"

say "The lead becomes a customer"
act lead convert "Li Na" --yes

say "Monday's printed pipeline"
look pipeline
