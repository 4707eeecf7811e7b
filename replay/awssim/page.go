package awssim

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
)

// cut gives a page of a list that stays as it is between the calls: from a
// token on, or from its beginning where there is none, and the token of the
// next one, empty where this is the last.
func cut[T any](all []T, size int, token string) (page []T, next string, r *refusal) {
	from := 0
	if token != "" {
		plain, err := base64.URLEncoding.DecodeString(token)
		if err == nil {
			from, err = strconv.Atoi(string(plain))
		}
		if err != nil || from < 1 {
			return nil, "", badToken()
		}
	}
	from = min(from, len(all))
	until := min(from+size, len(all))
	if until < len(all) {
		next = base64.URLEncoding.EncodeToString(fmt.Append(nil, until))
	}
	return all[from:until], next, nil
}

// listed writes a page of structures of the SDK.
func listed[T any](s *Server, form url.Values, name string, all []T) (*document, *refusal) {
	size, r := s.pageSize(form)
	if r != nil {
		return nil, r
	}
	page, next, r := cut(all, size, form.Get("NextToken"))
	if r != nil {
		return nil, r
	}
	d := &document{}
	d.within(name, func() {
		for i := range page {
			d.within("member", func() { d.members(&page[i]) })
		}
	})
	if next != "" {
		d.text("NextToken", next)
	}
	return d, nil
}
