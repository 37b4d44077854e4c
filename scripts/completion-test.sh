#!/usr/bin/env bash
# Completes command lines of vbo365 in real shells, each on a terminal: bash, zsh and fish. It needs tmux and the shells.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
socket=completion-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null || true; rm -rf "$dir"' EXIT
go build -o "$dir/bin/vbo365" ./cmd/vbo365
export PATH="$dir/bin:$PATH" HOME="$dir" XDG_CONFIG_HOME="$dir/config" LC_ALL=C.UTF-8
mkdir -p "$dir/work/directory" "$dir/config/vbo365"
touch "$dir/work/password.txt" "$dir/work/dirt.txt"
printf 'profiles:\n  prod:\n    server: https://backup.example.com:4443\n' >"$dir/config/vbo365/config.yaml"
cat >"$dir/cases" <<'END'
vbo365 sav|vbo365 save
vbo365 sessions sto|vbo365 sessions stop
vbo365 orgs --fing|vbo365 orgs --fingerprint
vbo365 restore --document-action ov|vbo365 restore --document-action overwrite
vbo365 restore --document-action=ov|vbo365 restore --document-action=overwrite
vbo365 orgs --ca-file pass|vbo365 orgs --ca-file password.txt
vbo365 orgs --ca-file=pass|vbo365 orgs --ca-file=password.txt
vbo365 save -o pass|vbo365 save -o password.txt
vbo365 simulate --backup dir|vbo365 simulate --backup directory/
vbo365 orgs --server p|vbo365 orgs --server prod
vbo365 completion po|vbo365 completion powershell
END

# screen waits until the terminal shows a text.
screen() {
	for _ in {1..100}; do
		if tmux -L "$socket" capture-pane -p | grep -qF -- "$1"; then return; fi
		sleep 0.1
	done
	echo "$shell: expected: $1; the screen:" >&2
	tmux -L "$socket" capture-pane -p >&2
	return 1
}

declare -A start=(
	[bash]="bash --norc --noprofile"
	[zsh]="zsh -f"
	[fish]="fish --no-config"
)
declare -A load=(
	[bash]="PS1='ready> '; source <(vbo365 completion bash)"
	[zsh]="PS1='ready> '; autoload -U compinit; compinit -u; source <(vbo365 completion zsh)"
	[fish]="function fish_prompt; echo 'ready> '; end; vbo365 completion fish | source"
)
for shell in bash zsh fish; do
	tmux -L "$socket" -f /dev/null new-session -d -x 120 -y 20 -c "$dir/work" "${start[$shell]}"
	tmux -L "$socket" send-keys "${load[$shell]}; echo load''ed" Enter
	screen loaded
	while IFS='|' read -r typed completed; do
		tmux -L "$socket" send-keys C-u C-l
		tmux -L "$socket" send-keys -l "$typed"
		tmux -L "$socket" send-keys Tab
		screen "> $completed"
	done <"$dir/cases"
	tmux -L "$socket" kill-server
	echo "$shell: $(wc -l <"$dir/cases") command lines completed"
done
