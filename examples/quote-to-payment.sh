#!/bin/sh
# From a quote to its payment in the app, without the mouse: presses what examples/quote-to-payment.keys says in tmux, in a
# home that is thrown away, and lets the command line tell how the order stands. Without a centre nothing needs an
# approval, so those parts are left out. Needs tmux and sfa on the path.
set -eu

keys=$(dirname "$0")/quote-to-payment.keys
folder=$(mktemp -d "${TMPDIR:-/tmp}/sfa-paid.XXXXXX")
socket=sfa-paid-$$
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
press() {
	case $1 in
	Esc) set -- Escape ;;
	Ctrl+*) set -- "C-$(printf %s "${1#Ctrl+}" | tr '[:upper:]' '[:lower:]')" ;;
	esac
	tmux -L "$socket" send-keys -t app "$1"
	sleep 0.4
}

sfa config set first_steps done >/dev/null
sfa config org set currency USD >/dev/null
sfa account add "Acme Works" >/dev/null
sfa product add Pump --code P-1 --price "1000 USD" --unit pc >/dev/null

tmux -L "$socket" new-session -d -s app -x 80 -y 24 sfa
wait_for "Nothing is due today"
tab=$(printf '\t')
part=
while IFS=$tab read -r pressed comes; do
	case $pressed in
	'' | '#'*) continue ;;
	'['*) part=$pressed && continue ;;
	esac
	case $part in '[submit]' | '[approve]' | '[back]') continue ;; esac
	for key in $pressed; do # no text of these keys has a blank
		case $key in
		'"'*)
			text=${key#?}
			tmux -L "$socket" send-keys -t app -l "${text%?}"
			sleep 0.6
			;;
		*) press "$key" ;;
		esac
	done
	wait_for "$comes"
done <"$keys"
screen
press q
sleep 1
sfa order list --fields number,account,state,total --format table
