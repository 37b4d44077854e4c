package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// examples has lines that --help and the manual page of a command show. TestExamples parses them.
var examples = map[string]string{
	"demo": `vbo365 demo
vbo365 demo --api-version v5`,
	"simulate": `vbo365 simulate --backup ~/Documents
vbo365 simulate --backup ~/Documents --mail /tmp/mail --fault 503:30x2 --api-versions v6,v7`,
	"save": `vbo365 save --owner alice@example.com --path Documents/Invoices -o invoices.zip
vbo365 save --owner alice@example.com --path / --at '2026-11-22 22:00' -o drive.zip \
    --manifest drive.json
vbo365 find --owner alice@example.com --name '*.xlsx' --json |
    vbo365 save --from - -o sheets.zip`,
	"restore": `vbo365 restore --owner alice@example.com --path Documents/Invoices \
    --user-name alice@example.com
vbo365 restore --owner alice@example.com --path Documents --at 2026-11-22 \
    --device-code APPLICATION-ID
vbo365 restore --from items.jsonl --application-id ID --application-certificate-file app.pfx`,
	"copy": `vbo365 copy --owner alice@example.com --path Documents --to-owner bob@example.com \
    --to-folder 'From Alice' --user-name bob@example.com`,
	"send": `vbo365 send --owner alice@example.com --path Documents/Invoices --from backup@example.com \
    --to alice@example.com --subject 'Your documents'`,
	"verify": `vbo365 verify drive.zip --manifest drive.json`,
	"orgs":   `vbo365 orgs --server https://backup.example.com:4443 --username 'EXAMPLE\operator'`,
	"drives": `vbo365 drives --org example.onmicrosoft.com --at 2026-11-22`,
	"ls":     `vbo365 ls --owner alice@example.com --path Documents`,
	"tree":   `vbo365 tree --owner alice@example.com --json`,
	"find": `vbo365 find --owner alice@example.com --name '*.docx' --modified-since 2026-11-01
vbo365 find --all-owners --documents --name 'Invoice*' --json`,
	"versions":       `vbo365 versions --owner alice@example.com Documents/Report.docx`,
	"restore-points": `vbo365 restore-points --owner alice@example.com --from 2026-11-01`,
	"sessions list":  `vbo365 sessions`,
	"sessions start": `vbo365 sessions start --org example.onmicrosoft.com --at 2026-11-22`,
	"sessions stop": `vbo365 sessions stop SESSION
vbo365 sessions stop --older-than 24h`,
	"sessions events":   `vbo365 sessions events SESSION --follow`,
	"sessions wait":     `vbo365 sessions wait SESSION`,
	"mail-settings get": `vbo365 mail-settings get`,
	"mail-settings set": `vbo365 mail-settings set --enable --smtp-server mail.example.com --smtp-port 587 --ssl`,
	"doctor": `vbo365 doctor
vbo365 doctor --show-names --json
vbo365 doctor --transcript 8.0.2.159-v8.jsonl`,
	"config add": `vbo365 config add prod https://backup.example.com:4443 --username 'EXAMPLE\operator' \
    --password-command 'pass show backup/operator'`,
	"config init": `vbo365 config init`,
	"config show": `vbo365 config show prod`,
	"config path": `vbo365 config path`,
	"version":     `vbo365 version --json`,
	"schema":      `vbo365 schema >vbo365.schema.json`,
	"completion": `source <(vbo365 completion bash)
source <(vbo365 completion zsh)
vbo365 completion fish >~/.config/fish/completions/vbo365.fish
vbo365 completion powershell | Out-String | Invoke-Expression`,
	"man": `vbo365 man ~/.local/share/man/man1`,
}

// addExamples adds the examples to the help.
func addExamples(parser *kong.Kong) error {
	for _, command := range parser.Model.Leaves(true) {
		if text := examples[command.Path()]; text != "" {
			text = "Examples:\n\n    " + strings.ReplaceAll(text, "\n", "\n    ")
			command.Detail = strings.TrimSpace(command.Detail + "\n\n" + text)
		}
	}
	return nil
}
