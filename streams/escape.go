package streams

import (
	"fmt"
	"strings"
)

const hexDigits = "0123456789ABCDEF"

// Escape makes one subject token of a name: what is not a letter, a digit, -
// or _ becomes %XX, byte by byte.
func Escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if ch := name[i]; plain(ch) {
			b.WriteByte(ch)
		} else {
			b.WriteByte('%')
			b.WriteByte(hexDigits[ch>>4])
			b.WriteByte(hexDigits[ch&15])
		}
	}
	return b.String()
}

// Unescape reads a token that Escape made. Any other spelling of the same name
// is an error, so that a name has one subject only.
func Unescape(token string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '%' {
			b.WriteByte(token[i])
			continue
		}
		if i+2 >= len(token) {
			return "", fmt.Errorf("token %q: cut off after %%", token)
		}
		hi, lo := strings.IndexByte(hexDigits, token[i+1]), strings.IndexByte(hexDigits, token[i+2])
		if hi < 0 || lo < 0 {
			return "", fmt.Errorf("token %q: want two hexadecimal digits after %%", token)
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	name := b.String()
	if !validName(name) || Escape(name) != token {
		return "", fmt.Errorf("token %q: not the escaped form of a name", token)
	}
	return name, nil
}

func plain(ch byte) bool {
	return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '-' || ch == '_'
}
