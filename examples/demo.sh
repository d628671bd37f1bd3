#!/bin/sh
# A rep's day in a home of its own, that is thrown away at the end. Run it with: make demo
set -eu

SFA_HOME=$(mktemp -d "${TMPDIR:-/tmp}/sfa-demo.XXXXXX")
trap 'rm -rf "$SFA_HOME"' EXIT
trap 'exit 130' INT TERM
export SFA_HOME
export LANG="${SFA_DEMO_LANG:-C.UTF-8}"
unset LC_ALL LANGUAGE SFA_LANG 2>/dev/null || true

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
	printf '$ sfa'
	for word in "$@"; do
		case $word in *[!A-Za-z0-9_=,.:/@+%-]*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '\n'
	sfa "$@"
}

say "Last month: two customers, three deals, somebody to call"
export SFA_TODAY=2026-10-26
sfa product add "Pump P20" --code P20 --price "CNY 1500" >/dev/null 2>&1
sfa account add "华创科技" --industry 制造 --region 上海 --tier key >/dev/null 2>&1
sfa account add "Acme Works" --industry Machinery --region Leeds >/dev/null 2>&1
sfa contact add "王强" --title 采购总监 --account 华创科技 --phone 13800138000 >/dev/null 2>&1
sfa deal add "华创 – 二期产线" --account 华创科技 --amount "CNY 180000" --close-date 2026-12-18 >/dev/null 2>&1
sfa deal add "Acme – spare parts" --account "Acme Works" --amount "CNY 24000" --close-date 2026-11-30 >/dev/null 2>&1
sfa deal add "Acme – service contract" --account "Acme Works" --amount "CNY 60000" --close-date 2027-01-29 >/dev/null 2>&1
run deal list --format table --fields name,account,stage,amount,close_date

say "Monday, 23 November: a new lead came in"
export SFA_TODAY=2026-11-23
run lead add "Li Na" --company "Nordic Foods" --phone "+86 139 0013 9000" --source exhibition --next-follow-up 2026-11-23
run today --format table

say "At the customers: one line a visit, in either language"
run log "拜访华创科技，王总要正式报价，周五跟进" --yes
run log "called Acme Works, spare parts approved, send the contract tomorrow" --yes
run task list --format table --fields subject,due,account

say "The deals move on"
run deal advance "华创 – 二期产线"
run deal win "Acme – spare parts" --reason "delivery in two weeks"
run deal lose "Acme – service contract" --reason "they keep their own fitters"

say "That was too early: take it back"
run undo --yes
run deal history "Acme – service contract" --format table

say "The lead becomes a customer"
run lead convert "Li Na" --yes

say "Monday's printed pipeline"
run pipeline --format table
