package recording

import (
	"bytes"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// maxMessage is the most that a NATS message may hold, in bytes of header and
// payload together. A damaged length beyond it is not believed.
const maxMessage = 64 << 20

// Message is one recorded message. It shares memory with nothing else.
type Message struct {
	Subject  string
	Sequence uint64    // in the recorded stream, from 1
	Time     time.Time // when the server stored it, in UTC
	Header   nats.Header
	Data     []byte
}

const headerLine = "NATS/1.0\r\n"

// encodeHeader returns the wire form of h with its keys in order, and nothing
// for an empty header.
func encodeHeader(h nats.Header) []byte {
	if len(h) == 0 {
		return nil
	}
	lineBreaks := strings.NewReplacer("\r", " ", "\n", " ")
	var b bytes.Buffer
	b.WriteString(headerLine)
	for _, key := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[key] {
			fmt.Fprintf(&b, "%s: %s\r\n", key, lineBreaks.Replace(textproto.TrimString(value)))
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// decodeHeader is the reverse, with a nil header for no bytes.
func decodeHeader(data []byte) (nats.Header, error) {
	if len(data) == 0 {
		return nil, nil
	}
	return nats.DecodeHeadersMsg(data)
}
