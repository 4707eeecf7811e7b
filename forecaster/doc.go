// Package forecaster answers predictions over NATS from the states that the
// forecaster stage folds.
//
//	err := forecaster.Serve(ctx, nc, streams.Live, runner, log)
//
// The micro service is named forecaster. Its one endpoint takes
// autoscaling.<realm>.predict.<model>, in the default queue group, so that of
// several processes one answers. What holds for every request:
//
//  1. It gets exactly one reply, and every reply is a JSON body: a
//     streams.PredictionReply, or a streams.PredictionError whose code and
//     message also stand in the headers of a micro service error.
//  2. Nothing is shed in silence: beyond 256 waiting requests the answer is
//     429, while the states cannot be looked at it is 503.
//  3. A reply that is larger than the server carries becomes a 413. A refusal
//     repeats at most 80 bytes of any text of the request.
//  4. A reply follows from the state between two steps of the fold, and
//     changes nothing.
//  5. The policy's model and its members answer from that state. Any other
//     model is built beside the fold, one after another, from what the state
//     holds, and says what a member would whose parameters were estimated at
//     the newest settled bin. It is built once for as long as no bin settles;
//     what waits for it for 4 s is answered 503, and may be asked again; as
//     is what waits for it when the service ends.
//
// Requests that wait at the same time share a look at the states and, where they
// mean the same group, its forecast. One look makes four forecasts at most, and
// only those: replies are cut and written while the fold goes on.
// Callers must not assume an order among replies. The micro framework counts
// as errors only what was refused before it had to look at the states; the
// service's own figures, in the data of its statistics, count all.
//
// An Estimates computes the estimates of refits ahead, beside the fold. What it is
// at when it ends is given up, and computed by whoever loads the states.
//
// The connection must have an error handler (nats.ErrorHandler), else nats.go
// writes asynchronous errors to standard error.
package forecaster
