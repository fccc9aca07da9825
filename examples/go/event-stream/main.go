// Writes events to a stream and processes what is there: go run ./event-stream STREAM JSON...
//
// Any number of these may run at the same time: each event is handed to one of them. What fails here (an event with
// "fails": true) is marked for a retry, and what a program leaves behind when it dies is handed out again after a while.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	waybill "example.com/waybill/gen/waybillv1"
	"example.com/waybill/internal/example"
)

const (
	timeout = 10 * time.Second
	lease   = 30 * time.Second
)

// call gives a call its deadline.
func call[Request, Response any](
	method func(context.Context, Request, ...grpc.CallOption) (Response, error), request Request,
) (Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return method(ctx, request)
}

func open(streams waybill.StreamServiceClient, name string) (string, error) {
	_, err := call(streams.CreateStream, &waybill.CreateStreamRequest{StreamName: name})
	if err != nil && example.Reason(err) == "STREAM_EXISTS" {
		return "found", nil
	}
	return "created", err
}

// handle is the work; false when it is to be tried again.
func handle(body []byte) bool {
	var value struct{ Fails bool }
	// What is no object does not fail.
	return json.Unmarshal(body, &value) != nil || !value.Fails
}

func processAll(streams waybill.StreamServiceClient, name string) error {
	for {
		// No more at once than can be done within the lease.
		request := &waybill.ProcessEventsRequest{StreamName: name, PageSize: 10, LeaseDuration: durationpb.New(lease)}
		taken, err := call(streams.ProcessEvents, request)
		if err != nil || taken.Lease == nil {
			return err
		}
		for _, event := range taken.Events {
			text, status := "processed", waybill.EventStatus_EVENT_STATUS_PROCESSED
			if !handle(event.Body) {
				text, status = "retry", waybill.EventStatus_EVENT_STATUS_RETRY
			}
			// Fails with LEASE_LOST when it took too long: somebody else may have the event by now.
			mark := &waybill.MarkEventRequest{EventId: event.Id, Status: status, LeaseId: taken.Lease.Id}
			if _, err := call(streams.MarkEvent, mark); err != nil {
				return err
			}
			fmt.Println(text, string(event.Body))
		}
	}
}

func countToRetry(streams waybill.StreamServiceClient, name string) (int, error) {
	request := &waybill.RetryEventsRequest{StreamName: name}
	for count := 0; ; {
		page, err := call(streams.RetryEvents, request)
		count += len(page.GetEvents())
		request.PageToken = page.GetNextPageToken()
		if err != nil || request.PageToken == "" {
			return count, err
		}
	}
}

func main() {
	name, events := os.Args[1], os.Args[2:]
	connection := example.Connect()
	defer connection.Close()
	streams := waybill.NewStreamServiceClient(connection)

	state, err := open(streams, name)
	example.Must(err)
	fmt.Println(state, name)
	for _, event := range events {
		_, err := call(streams.WriteEvent, &waybill.WriteEventRequest{StreamName: name, Body: []byte(event)})
		example.Must(err)
	}
	fmt.Println("wrote", len(events), "events")
	example.Must(processAll(streams, name))
	left, err := countToRetry(streams, name)
	example.Must(err)
	fmt.Println(left, "to try again")
}
