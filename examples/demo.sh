#!/bin/sh
# The demo company in a home that is thrown away at the end: a rep's day, then Monday's printed pipeline.
# On a terminal it ends in the app, on that company. Run it with: make demo
set -eu

folder=$(mktemp -d "${TMPDIR:-/tmp}/sfa-demo.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
SFA_HOME="$folder/home"
export SFA_HOME
if [ -n "${SFA_DEMO_LANG:-}" ]; then
	export LANG="$SFA_DEMO_LANG"
	unset LC_ALL LANGUAGE SFA_LANG 2>/dev/null || true
fi
unset SFA_TODAY

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
# The first record of a list: a field of it.
first() { sfa "$1" list --where "$2" --fields "$3" --sort "$4" --limit 1 --format tsv 2>/dev/null | sed -n 2p; }

say "A company with a year of sales up to today"
shown demo --home "$SFA_HOME"
sfa demo --home "$SFA_HOME" >/dev/null

say "What today asks of the rep who works here"
look today

say "At the customer: one line a visit, in either language"
customer=$(first account "owner=me and tier=key and name~公司" short_name created)
act log "拜访$customer，对方要正式报价，周五跟进" --yes

say "A deal moves on; too early, so it is taken back"
deal=$(first deal "owner=me and state=open and next_step is empty and probability<50" name -close_date)
act deal advance "$deal"
shown undo
sfa undo
look deal history "$deal"

say "Monday's printed pipeline"
look pipeline

if [ -t 0 ] && [ -t 1 ]; then
	say "The app, on this company"
	sfa
fi
