"""sfa completion: the script that makes a shell complete commands, options and references."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.output import emit
from sfa.errors import BadUsage, msg

_BASH = r"""# sfa completion for bash: eval "$(sfa completion bash)" in ~/.bashrc
_sfa_complete() {
    local IFS=$'\x1f' value help quoted letter index
    local words="${COMP_WORDS[*]:1:COMP_CWORD}"
    COMPREPLY=()
    while IFS=$'\t' read -r value help; do
        quoted=$value
        if [[ ${COMP_WORDS[COMP_CWORD]} != [\"\']* ]]; then
            quoted=
            for ((index = 0; index < ${#value}; index++)); do
                letter=${value:index:1}
                [[ $' \t\\"\'()&;|<>$`*?[]{}#~!' == *"$letter"* ]] && quoted+=\\
                quoted+=$letter
            done
        fi
        COMPREPLY+=("$quoted")
    done < <(_SFA_COMPLETE=bash SFA_COMPLETE_WORDS="$words" "$1" 2>/dev/null)
}
complete -o default -F _sfa_complete sfa
"""
_ZSH = r"""#compdef sfa
# sfa completion for zsh: eval "$(sfa completion zsh)" in ~/.zshrc, after compinit
_sfa() {
    local -a candidates
    local value help
    local typed="${(pj:\x1f:)${(@Q)words[2,CURRENT]}}"
    while IFS=$'\t' read -r value help; do
        value=${value//\\/\\\\}
        candidates+=("${value//:/\\:}${help:+:$help}")
    done < <(_SFA_COMPLETE=zsh SFA_COMPLETE_WORDS="$typed" "${words[1]}" 2>/dev/null)
    if (( ${#candidates} )); then
        _describe sfa candidates
    else
        _files
    fi
}
compdef _sfa sfa
"""
_FISH = r"""# sfa completion for fish: sfa completion fish > ~/.config/fish/completions/sfa.fish
function __sfa_complete
    set -l typed (commandline -opc)[2..-1] (commandline -ct)
    set -l answer (_SFA_COMPLETE=fish SFA_COMPLETE_WORDS=(string join \x1f -- $typed) sfa 2>/dev/null)
    if test (count $answer) -gt 0
        printf '%s\n' $answer
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command sfa --no-files --arguments '(__sfa_complete)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def completion(
    shell: Annotated[
        str,
        typer.Argument(
            metavar="bash|zsh|fish",
            help=msg("Your shell."),
            autocompletion=lambda: list(SCRIPTS),
            show_default=False,
        ),
    ],
) -> None:
    """Print the completion script of a shell."""
    if shell not in SCRIPTS:
        raise BadUsage(
            msg("There is no completion for {shell!r}."),
            hint=msg("There are: {known}."),
            shell=shell,
            known=", ".join(SCRIPTS),
        )
    emit(SCRIPTS[shell])
