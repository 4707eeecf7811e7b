package forecaster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// patienceHTTP is how long a query over HTTP waits for a model that is being
	// built.
	patienceHTTP = 20 * time.Second
	// mostLarge bounds the large replies that are being written at once, each of
	// which takes a few megabytes.
	mostLarge = 8
	// largeCells is from how many numbers on a reply is large.
	largeCells = 4096
	// clientGone is the code of the answer to a client that went away before it.
	clientGone = 499
)

// Handle adds the prediction API to a mux: POST /predict/{model} takes what the
// subject of the model takes, and answers with the same bodies and, as status,
// the same codes; GET /schema has the JSON schemas. What has another method or
// path is the mux's to answer.
func (s *Service) Handle(mux *http.ServeMux) {
	mux.HandleFunc("POST /predict/{model}", s.predict)
	mux.HandleFunc("GET /schema", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, schemas(s.models)) })
}

// predict answers one request. Its context ends when the client is gone.
func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	way := &response{ctx: r.Context(), made: make(chan prediction, 1)}
	q := query{model: r.PathValue("model"), began: now, until: now.Add(patienceHTTP), road: way}
	var refusal *streams.PredictionError
	if q.body, refusal = s.read(w, r, q.model); refusal == nil {
		refusal = s.respond(w, q, way)
	}
	if refusal == nil {
		s.tally.count(q, http.StatusOK)
		return
	}
	s.tally.count(q, refusal.Code)
	Refuse(w, refusal)
}

// read gives what a request asks for, whatever type it says its body has: curl
// calls JSON a form. It reads no more than a request may have.
func (s *Service) read(w http.ResponseWriter, r *http.Request, model string) (streams.PredictionRequest, *streams.PredictionError) {
	var none streams.PredictionRequest
	if !s.known(model) {
		return none, noModel(model, s.models)
	}
	if r.ContentLength > streams.MostRequest {
		return none, streams.RequestTooLong()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, streams.MostRequest))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return none, streams.RequestTooLong()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return none, &streams.PredictionError{Code: 408, Field: "body", Message: "took too long to come"}
	case err != nil:
		return none, &streams.PredictionError{Code: 400, Field: "body", Message: "ended before its end"}
	}
	// Else the server's deadline for the body would end the wait for the answer,
	// as a client that is gone does.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return none, &streams.PredictionError{Code: 500, Message: "the connection cannot be waited on"}
	}
	return streams.DecodePredictionRequest(body)
}

// respond lets a query be answered and writes the reply, or says why not.
func (s *Service) respond(w http.ResponseWriter, q query, way *response) *streams.PredictionError {
	select {
	case s.seats <- struct{}{}:
		defer func() { <-s.seats }()
	default:
		return tooMany()
	}
	if refusal := s.enqueue(q); refusal != nil {
		return refusal
	}
	select {
	case p := <-way.made:
		return s.write(way.ctx, w, q, p)
	case <-way.ctx.Done():
		return gone()
	}
}

func gone() *streams.PredictionError {
	return &streams.PredictionError{Code: clientGone, Message: "the client went away"}
}

// write writes a reply. Only a few large ones are held at once.
func (s *Service) write(ctx context.Context, w http.ResponseWriter, q query, p prediction) *streams.PredictionError {
	if q.body.Steps*len(p.forecast.Levels) > largeCells {
		select {
		case s.large <- struct{}{}:
			defer func() { <-s.large }()
		case <-ctx.Done():
			return gone()
		case <-time.After(time.Until(q.until)):
			return &streams.PredictionError{Code: 429, Field: "steps",
				Message: fmt.Sprintf("%d large replies are being written, try again later", mostLarge)}
		}
	}
	reply, refusal := q.reply(p)
	if refusal != nil {
		return refusal
	}
	body, err := json.Marshal(reply)
	if err != nil {
		return unwritable()
	}
	write(w, http.StatusOK, body)
	return nil
}

// Refuse answers a request over HTTP as a refused prediction is, whatever it
// asked for.
func Refuse(w http.ResponseWriter, e *streams.PredictionError) {
	switch e.Code {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
	write(w, e.Code, encode(e))
}

func write(w http.ResponseWriter, code int, body []byte) {
	body = append(body, '\n')
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(code)
	// The client is gone where this fails.
	_, _ = w.Write(body)
}

// response is the road of one request over HTTP, to the handler that waits.
type response struct {
	ctx  context.Context
	made chan prediction // holds one
}

func (*response) name() string { return "http" }

func (r *response) gone() bool { return r.ctx.Err() != nil }

func (r *response) answer(_ query, p prediction) { r.made <- p }
