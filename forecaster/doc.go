// Package forecaster answers predictions over NATS and over HTTP, from the states
// that the forecaster stage folds.
//
//	service, err := forecaster.New(forecaster.Config{Realm: streams.Live, States: runner, Log: log})
//	service.Handle(mux)
//	err = service.Serve(ctx, nc)
//
// The micro service is named forecaster. It has an endpoint a model on
// autoscaling.<realm>.predict.<model>, in the default queue group, so that of
// several processes one answers, and answers for names of no model too. Over
// HTTP it is POST /predict/<model>. What holds for every request, on both roads:
//
//  1. It gets exactly one reply, and every reply is a JSON body: a
//     streams.PredictionReply, or a streams.PredictionError whose code is also
//     the status of the HTTP response, and with the message stands in the headers
//     of a micro service error.
//  2. Nothing is shed in silence: beyond 256 waiting requests the answer is
//     429, while the states cannot be looked at it is 503.
//  3. A request of more than 64 KiB is a 413, over HTTP before it is read; so is
//     a reply that is larger than the NATS server carries. A refusal repeats at
//     most 80 bytes of any text of the request.
//  4. A reply follows from the state between two steps of the fold, and
//     changes nothing.
//  5. The policy's model, its members and the parts of either answer from that
//     state, up to the policy's horizon. Any other model, and a horizon beyond
//     that of the policy where the model answers any, is built beside the fold,
//     one after another, from what the state holds, and says what a member would
//     whose parameters were estimated at the newest settled bin. It is built once
//     for as long as no bin settles; what waits for it for 4 s, over HTTP 20 s,
//     is answered 503, and may be asked again; as is what waits for it when the
//     service ends.
//  6. What nobody waits for any more, since the client closed its connection, is
//     passed over, and a model that only such clients asked for is given up.
//
// Requests that wait at the same time share a look at the states and, where they
// mean the same group, its forecast. One look makes four forecasts at most, and
// only those: replies are cut and written while the fold goes on. Of large
// replies over HTTP, 8 are in memory at once.
//
// Callers must not assume an order among replies. The micro framework counts
// as errors only what was refused before it had to look at the states; the
// service's own figures, in the data of its statistics and in its metrics, count
// all, on both roads. Timeouts of slow HTTP clients are those of the server that
// the mux is given to.
//
// An Estimates computes the estimates of refits ahead, beside the fold. What it is
// at when it ends is given up, and computed by whoever loads the states.
//
// The connection must have an error handler (nats.ErrorHandler), else nats.go
// writes asynchronous errors to standard error.
package forecaster
