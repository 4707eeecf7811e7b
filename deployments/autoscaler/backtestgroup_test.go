package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A name that means groups in several scopes is asked about: which of them is
// read must not be chance.
func TestFromGroupOfSeveralScopes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "autoscaler.yaml")
	const two = `
ingest: {scopes: {shop: {region: eu-west-1}, eu-central-1: {}}}
groups:
  same-ie: {scope: shop, auto_scaling_group: same}
  same-de: {scope: eu-central-1, auto_scaling_group: same}
`
	if err := os.WriteFile(path, []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, region, want, wrong string }{
		{name: "same", wrong: "name one of shop/same-ie, eu-central-1/same-de"},
		{name: "same", region: "eu-west-1", want: "shop/same-ie"},
		{name: "shop/same", want: "shop/same-ie"},
		{name: "shop/other", want: "shop/other"},
		{name: "same-de", want: "eu-central-1/same-de"},
	} {
		g, scope, err := backtestVerb{Config: path, FromGroup: test.name, Region: test.region}.fromRegion()
		switch {
		case test.wrong != "":
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: want an error with %s, got %s, %v", test.name, test.wrong, g.ID, err)
			}
		case err != nil || g.ID.String() != test.want || scope.Region == "":
			t.Errorf("%s: want %s, got %s in %+v, %v", test.name, test.want, g.ID, scope, err)
		}
	}
}
