#!/bin/sh
# The demo company in homes that are thrown away at the end: a rep's day, a team that works offline and
# syncs with a centre of its own, then the manager's printed pipeline.
# On a terminal it ends in the app, on that company. Run it with: make demo
set -eu

folder=$(mktemp -d "${TMPDIR:-/tmp}/sfa-demo.XXXXXX")
finish() {
	SFA_HOME="$folder/centre" sfa hub dev remove --yes >/dev/null 2>&1 || true
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM
SFA_HOME="$folder/lin"
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

say "The team gets a central database, here on this machine; the company's data goes there"
at() { SFA_HOME="$folder/$1"; }
# A password of the demo alone; people are asked for theirs.
SFA_CENTRE_PASSWORD=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
export SFA_CENTRE_PASSWORD
at centre
shown hub dev start
sfa hub dev start >/dev/null 2>&1
shown hub add-user lin --name 林若舟 --role admin
sfa hub add-user lin --name 林若舟 --role admin >/dev/null
address() { (at centre && sfa hub dev url) | sed "s#//#//$1@#"; }
at lin
shown login "$(address lin)"
sfa login "$(address lin)"
at centre
for person in "shen 沈书瑶" "zhou 周子昂"; do
	act hub add-user "${person%% *}" --for "${person#* }"
done
act hub edit-user lin --role rep --team "East China" --manager shen

say "Lin is a rep again; Shen, her manager, and Zhou, a colleague, sign in on machines of their own"
at lin
shown sync
sfa sync
for person in shen zhou; do
	at "$person"
	shown login "$(address "$person")"
	sfa login "$(address "$person")"
done

say "Lin lets Zhou work on one of her customers"
at lin
account=$(first account "owner=me and tier=key" name created)
deal=$(first deal "owner=me and state=open and account=\"$account\"" name created)
act account share "$account" 周子昂
sfa sync >/dev/null
at zhou
sfa sync >/dev/null
look deal list --where "account=\"$account\""

say "Both are on the road, without a network: a visit each, and the same deal edited by both"
at lin
act visit add --account "$account" --outcome "Asked for a test run / 要求试运行" --next-step "Plan the test"
act deal edit "$deal" --close-date +30d
at zhou
act visit add --account "$account" --outcome "Met the plant manager / 见了厂长" --next-step "Send drawings"
act deal edit "$deal" --close-date +60d

say "Back on the network: both sync; what one could not know of the other is a conflict, and nothing is lost"
for person in lin zhou lin; do
	at "$person"
	printf '%s: ' "$person"
	shown sync
	sfa sync || true
done
look conflicts list
conflict=$(sfa conflicts list --format tsv 2>/dev/null | sed -n 2p | cut -f1)
look conflicts show "$conflict"
act conflicts accept-mine "$conflict"
sfa sync >/dev/null || true

say "Their manager hands the customer over to Zhou, with all that is open"
at shen
sfa sync >/dev/null || true
act account transfer "$account" --to 周子昂
for person in shen zhou lin; do
	at "$person"
	sfa sync >/dev/null || true
done

say "Everybody is in step, compared with the centre by count and hash"
for person in lin zhou shen; do
	at "$person"
	printf '%s: ' "$person"
	sfa sync --verify || true
done

say "Monday's pipeline, printed by the manager, with the age of her data"
at shen
look pipeline

if [ -t 0 ] && [ -t 1 ]; then
	say "The app, on the rep's machine"
	at lin
	sfa
fi
