package fold

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// half is one of the two things that an outlook stores: its state, which changes
// with every bin, and the parameters of its model, which change when an estimate
// is adopted. Each is cut into pieces of a slot each, so that none outgrows a
// message.
type half int

const (
	stateHalf half = iota
	parametersHalf
	halves
)

const (
	// mostPiece is the size of a piece in bytes: a NATS message may have a
	// megabyte.
	mostPiece = 700 << 10
	// mostPieces is how many slots a place has for each.
	mostPieces = 16
	// mostStored bounds what is read back, in bytes.
	mostStored = 1 << 30
)

// slot gives the place's slot of a piece.
func slot(place int, h half, piece int) int {
	return daySlots + (place*int(halves)+int(h))*mostPieces + piece
}

// pieces are those of one half, by their number; nil where there is none.
type pieces [mostPieces][]byte

// cut gives the pieces of what is stored. The first tells how many bytes all have.
func cut(epoch uint64, data []byte) (all [][]byte) {
	for piece := 0; piece == 0 || len(data) > 0; piece++ {
		b := binary.AppendUvarint([]byte{format}, epoch)
		if piece == 0 {
			b = binary.AppendUvarint(b, uint64(len(data)))
		}
		n := min(len(data), mostPiece)
		if piece == mostPieces-1 {
			n = len(data) // too much for a message, which the runner says
		}
		all = append(all, append(b, data[:n]...))
		data = data[n:]
	}
	return all
}

// joined puts pieces together again. What an earlier outlook left is not there.
func joined(epoch uint64, from pieces) (data []byte, used int, err error) {
	var size uint64
	for used == 0 || uint64(len(data)) < size {
		if used == mostPieces || from[used] == nil {
			return nil, used, fmt.Errorf("piece %d is missing", used+1)
		}
		r := open(from[used])
		if got := r.uint(); r.err == nil && got != epoch {
			return nil, used, fmt.Errorf("piece %d: want epoch %d, got %d", used+1, epoch, got)
		}
		if used == 0 {
			size = r.uint()
			if r.err == nil && size > mostStored {
				return nil, used, fmt.Errorf("want at most %d bytes, got %d", mostStored, size)
			}
		}
		if r.err != nil {
			return nil, used, r.err
		}
		data = append(data, r.b...)
		used++
	}
	if uint64(len(data)) > size {
		return nil, used, errors.New("more than one part")
	}
	return data, used, nil
}

// snapshot gives that of the model, and how much of it are parameters.
func (o *outlook) snapshot() (b []byte, fixed int) {
	if o.model == nil {
		return nil, 0
	}
	b = o.model.Snapshot(nil)
	if r, able := o.model.(model.Refitter); able {
		fixed = r.Fixed()
	}
	return b, fixed
}
