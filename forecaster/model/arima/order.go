package arima

import "fmt"

// Order is the order of a seasonal ARIMA model (p,d,q)(P,D,Q)m:
//
//	φ(B) Φ(B^m) (1-B)^d (1-B^m)^D (y_t - x_t·β) = θ(B) Θ(B^m) ε_t
//
// with φ(B) = 1 - φ₁B - ..., θ(B) = 1 + θ₁B + ..., and B the backshift (Box and
// Jenkins 1976). A Period of 0 or 1 has no seasonal part.
type Order struct {
	AR, Diff, MA    int // p, d, q
	SAR, SDiff, SMA int // P, D, Q
	Period          int // m, in observations
}

// String gives the order as papers write it: (2,1,2) or (0,1,1)(0,1,1)[12].
func (o Order) String() string {
	s := fmt.Sprintf("(%d,%d,%d)", o.AR, o.Diff, o.MA)
	if o.seasonal() {
		s += fmt.Sprintf("(%d,%d,%d)[%d]", o.SAR, o.SDiff, o.SMA, o.Period)
	}
	return s
}

func (o Order) seasonal() bool { return o.SAR+o.SDiff+o.SMA > 0 }

// params counts the coefficients of the four polynomials.
func (o Order) params() int { return o.AR + o.MA + o.SAR + o.SMA }

// lost counts the observations that differencing takes.
func (o Order) lost() int { return o.Diff + o.SDiff*o.Period }

// arLags and maLags are the degrees of the multiplied polynomials.
func (o Order) arLags() int { return o.AR + o.SAR*o.Period }
func (o Order) maLags() int { return o.MA + o.SMA*o.Period }

// width is the dimension of the ARMA state (Harvey 1989, section 3.3).
func (o Order) width() int { return max(o.arLags(), o.maLags()+1) }

// mostWidth bounds the state: a week of hours, a day of five minutes.
const mostWidth = 1024

func (o Order) check() error {
	for _, c := range []struct {
		name string
		n    int
	}{{"p", o.AR}, {"d", o.Diff}, {"q", o.MA}, {"P", o.SAR}, {"D", o.SDiff}, {"Q", o.SMA}, {"m", o.Period}} {
		if c.n < 0 {
			return fmt.Errorf("order %v: %s is negative", o, c.name)
		}
	}
	if o.seasonal() && o.Period < 2 {
		return fmt.Errorf("order %v: a seasonal part needs a period of at least 2", o)
	}
	if o.width()+o.lost() > mostWidth {
		return fmt.Errorf("order %v: a state of %d, want at most %d", o, o.width()+o.lost(), mostWidth)
	}
	return nil
}
