package main

import "testing"

// TestNames replaces what identifies somebody in texts such as those of package net.
func TestNames(t *testing.T) {
	t.Parallel()
	var n names
	n.add("USER", `CORP\alice`, "CORP", "alice")
	n.add("HOST", "backup.corp.example")
	n.add("NAME", "*.corp.example", "backup")
	n.add("ADDRESS", "10.0.0.5", "fe80::1")
	n.add("ORGANIZATION", "Contoso (old)")
	for text, want := range map[string]string{
		"lookup backup.corp.example on 10.9.9.9:53: no such host": "lookup HOST on ADDRESS: no such host",
		"dial tcp [fe80::5%eth0]:4443: i/o timeout":               "dial tcp ADDRESS: i/o timeout",
		"read tcp 192.168.7.7:5123->10.0.0.5:4443: reset":         "read tcp ADDRESS->ADDRESS:4443: reset",
		"valid for *.CORP.example, fe80::1, not for it":           "valid for NAME, ADDRESS, not for it",
		`corp\Alice and ALICE`:                                    "USER and USER",
		"the backup of malice":                                    "the NAME of malice",
		"of Contoso (old) and contoso (OLD)":                      "of ORGANIZATION and ORGANIZATION",
		"ask bob.smith@corp.example":                              "ask MAIL",
		"Get \"https://x.example/v8/a\": EOF":                     "Get \"URL\": EOF",
		"session 61954db6-7278-4d26-86f7-888bda5a4ec4":            "session ID",
		"build 8.0.2.159":                                         "build 8.0.2.159",
	} {
		if got := n.replace(text); got != want {
			t.Errorf("%s: %s, not %s", text, got, want)
		}
	}
}
