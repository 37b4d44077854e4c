package apitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// list is an operation such as those that the spec will get, and a schema with every kind of value.
const list = `{
	"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
	"paths": {"/list": {"get": {
		"parameters": [
			{"name": "parentId", "in": "query", "schema": {"type": "string"}},
			{"name": "limit", "in": "query", "schema": {"type": "integer"}},
			{"name": "offset", "in": "query", "schema": {"type": "integer"}},
			{"name": "orderAsc", "in": "query", "schema": {"type": "boolean"}},
			{"name": "orderBy", "in": "query", "schema": {"type": "string", "enum": ["CreationTime", "EndTime"]}},
			{"name": "limit", "in": "header", "schema": {"type": "string"}}
		],
		"responses": {"200": {"description": "ok"}}
	}}},
	"components": {"schemas": {"All": {"type": "object", "properties": {
		"text": {"type": "string"},
		"nothing": {"type": "string", "nullable": true},
		"id": {"type": "string", "format": "uuid"},
		"yes": {"type": "boolean"},
		"count": {"type": "integer"},
		"ratio": {"type": "number"},
		"kind": {"type": "string", "enum": ["Veod", "Vex"]},
		"inner": {"type": "object", "properties": {"deepText": {"type": "string"}, "deepYes": {"type": "boolean"}}},
		"many": {"type": "array", "items": {"type": "object", "properties": {"Id": {"type": "string"}}}},
		"words": {"type": "array", "items": {"type": "string"}}
	}}}}
}`

func loadList(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestLenientQuery reads the query samples spec/FACTS.md#s32, #s33, and worse.
func TestLenientQuery(t *testing.T) {
	t.Parallel()
	item := loadList(t).Paths.Value("/list")
	parameters := newRoute("/list", http.MethodGet, item, item.Get).query
	for query, want := range map[string]struct {
		query      string
		deviations []string
	}{
		"parentID=null": {
			"parentId=null",
			[]string{`query parameter "parentID" written for "parentId"`},
		},
		"parentID=null&offset=31": {
			"offset=31&parentId=null",
			[]string{`query parameter "parentID" written for "parentId"`},
		},
		"parentID=3dfb16ea": {
			"parentId=3dfb16ea",
			[]string{`query parameter "parentID" written for "parentId"`},
		},
		"limit=250&parentID=null&offset=0": {
			"limit=250&offset=0&parentId=null",
			[]string{`query parameter "parentID" written for "parentId"`},
		},
		"offset=0&limit=1000":  {"limit=1000&offset=0", nil},
		"limit=10000&offset=0": {"limit=10000&offset=0", nil},
		"ORDERASC=True&orderBy=endtime": {"orderAsc=true&orderBy=EndTime", []string{
			`query parameter "ORDERASC" written for "orderAsc"`, `text for the boolean query parameter "orderAsc"`,
			`value of orderBy "endtime" written for "EndTime"`,
		}},
		"limit=&parentId=": {"parentId=", []string{`empty query parameter "limit"`}},
		"limit=+7&x=1": {
			"limit=7",
			[]string{`text for the number query parameter "limit"`, `unknown query parameter`},
		},
		"limit=many":      {"limit=many", nil},
		"limit=1&Limit=2": {"limit=2&limit=1", []string{`query parameter "Limit" written for "limit"`}},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		rd := &reading{}
		if got := rd.values("query parameter", values, parameters).Encode(); got != want.query {
			t.Errorf("%s: got %s, want %s", query, got, want.query)
		}
		if diff := cmp.Diff(want.deviations, rd.deviations); diff != "" {
			t.Errorf("%s: deviations (-want +got):\n%s", query, diff)
		}
	}
}

func TestLenientJSON(t *testing.T) {
	t.Parallel()
	schema := loadList(t).Components.Schemas["All"].Value
	for body, want := range map[string]struct {
		body       string
		deviations []string
	}{
		`{}`: {`{}`, nil},
		`{"text": "True", "nothing": null, "yes": true, "count": 12, "ratio": 1.50, "kind": "Veod"}`: {
			`{"count":12,"kind":"Veod","nothing":null,"ratio":1.50,"text":"True","yes":true}`, nil,
		},
		`{"TEXT": "", "Yes": "FALSE", "COUNT": "9007199254740993", "ratio": "-1e3", "kind": "vEOD"}`: {
			`{"count":9007199254740993,"kind":"Veod","ratio":-1e3,"text":"","yes":false}`, []string{
				`property "TEXT" written for "text"`, `property "Yes" written for "yes"`, `text for the boolean ` +
					`property "yes"`,
				`property "COUNT" written for "count"`, `text for the number property "count"`,
				`text for the number property "ratio"`, `value of kind "vEOD" written for "Veod"`,
			},
		},
		`{"id": "", "yes": "", "count": "", "kind": "", "text": null}`: {`{}`, []string{
			`empty property "id"`, `empty property "yes"`, `empty property "count"`, `empty property "kind"`, `null for property "text"`,
		}},
		`{"yes": "maybe", "count": "0x1", "kind": "other", "ratio": " 1 "}`: {
			`{"count":"0x1","kind":"other","ratio":1,"yes":"maybe"}`, []string{`text for the number property "ratio"`},
		},
		"{\"inner\": {\"DEEPTEXT\": \"a\\u00e9\\n\", \"deepYes\": \"true\", \"x\": {\"y\": [1,]}}, // comment\n " +
			"\"many\": [{\"id\": \"1\",}, {\"ID\": \"2\"},],}": {
			`{"inner":{"deepText":"aé\n","deepYes":true},"many":[{"Id":"1"},{"Id":"2"}]}`, []string{
				`trailing commas or comments`, `property "DEEPTEXT" written for "deepText"`, `text for the boolean ` +
					`property "deepYes"`,
				`unknown property "x" in the request body.inner`, `property "id" written for "Id"`, `property "ID" ` +
					`written for "Id"`,
			},
		},
		`{"inner": [1, 2,], "many": {"a": 1}, "words": ["a", 1, null], "text": {"b": true}}`: {
			`{"inner":[1,2],"many":{"a":1},"text":{"b":true},"words":["a",1,null]}`, []string{
				`trailing commas or comments`,
			},
		},
		` [1] `: {`[1]`, nil},
	} {
		rd := &reading{}
		got, err := rd.json([]byte(body), schema)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if string(got) != want.body {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want.body)
		}
		if diff := cmp.Diff(want.deviations, rd.deviations); diff != "" {
			t.Errorf("%s: deviations (-want +got):\n%s", body, diff)
		}
	}
}

func TestLenientContentType(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]bool{
		"application/json": true, "Application/JSON": true, "application/json; charset=utf-8": true, "application/json;charset=UTF-8": true,
		"": true, "application/json; charset": true, "text/json": false, "application/jsonx": false, "application": false, ";": false,
	} {
		if is := new(reading).contentType(got, "application/json"); is != want {
			t.Errorf("%q: %t", got, is)
		}
	}
}

// FuzzLenientJSON sees that whatever is sent, the result is JSON, and that reading it again changes nothing.
func FuzzLenientJSON(f *testing.F) {
	for _, seed := range []string{
		`{"save": null}`, `{ "save" : { "asZip" : "true", "Documents": [ { "Id": "G" },  ] } }`, `{"copyto": ` +
			`{"OneDrive": {"_links": {}}}}`,
		`{"restoretoOriginallocation": {"userName": "U",} // comment` +
			"\n}", `[`, `{"SAVE": {"aszip": ""}}`, `{"sendTo": {"text": "\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	ed, err := editions["v5"]()
	if err != nil {
		f.Fatal(err)
	}
	schema := ed.doc.Components.Schemas["OneDriveFolderAction"].Value
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := new(reading).json(body, schema)
		if err != nil {
			return
		}
		if !json.Valid(first) {
			t.Fatalf("not JSON: %s", first)
		}
		again := &reading{}
		second, err := again.json(first, schema)
		if err != nil || string(second) != string(first) || len(again.deviations) != 0 {
			t.Fatalf("%s became %s: %v, %q", first, second, err, again.deviations)
		}
	})
}
