#!/bin/sh
# The newcomer's path of the README, pressed into the app in tmux, in a home that is thrown away: first steps, a
# customer, a visit, a deal moved along and back, today, the printed pipeline. Needs tmux and sfa on the path.
set -eu

folder=$(mktemp -d "${TMPDIR:-/tmp}/sfa-three.XXXXXX")
socket=sfa-three-$$
finish() {
	tmux -L "$socket" kill-server 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM
SFA_HOME=$folder/home
export SFA_HOME
LC_ALL=C.UTF-8
export LC_ALL

press() { for key in "$@"; do tmux -L "$socket" send-keys -t app "$key"; sleep 0.4; done; }
type() { tmux -L "$socket" send-keys -t app -l "$1"; sleep 0.6; }
screen() { tmux -L "$socket" capture-pane -p -t app; }
wait_for() {
	tries=0
	until screen | grep -qF -- "$1"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			echo "This did not come: $1" >&2
			screen >&2
			exit 1
		fi
		sleep 0.3
	done
}

tmux -L "$socket" new-session -d -s app -x 80 -y 24 sfa
wait_for "Welcome"; press Enter
wait_for "How to begin"; press Enter
wait_for "What are you called"; press C-u; type "Ann Lee"; press Enter
wait_for "Which currency"; press Enter
wait_for "Which stages"; press Enter
wait_for "That is all"; press Enter
wait_for "Nothing is due today"

press C-n a; wait_for "New account"; type "Acme Works"; press C-s; wait_for "Add account Acme Works"
press C-n v; wait_for "New visit"; type "Acme"; wait_for "Acme Works"; press Enter Tab; type "wants a quote"
press Tab; type "send the quote"; press Tab; type "fri"; press C-s; wait_for "send the quote"
press C-n d; wait_for "New deal"; type "Line two"; press Tab; type "Acme"; wait_for "Acme Works"; press Enter
type "18000"; press Tab; type "+30d"; press C-s; wait_for "Add deal Line two"
press g p; wait_for "›Line two"; press ]; wait_for "Prospecting to"
press u; wait_for "Undone"
press g t; wait_for "Deals without a next step"; screen
press q; sleep 1
sfa pipeline --format table
