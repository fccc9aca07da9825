// Publishes many messages without waiting for each answer: go run ./publish-stream SUBJECT COUNT
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	waybill "example.com/waybill/gen/waybillv1"
	"example.com/waybill/internal/example"
)

const frameMessages = 500

// send writes frames as long as there is credit; what is acknowledged gives it back.
func send(stream waybill.BrokerService_PublishStreamClient, subject string, count int, credit int, acked <-chan int) {
	for sent := 0; sent < count; {
		frame := &waybill.PublishStreamRequest{Sequence: uint64(sent)}
		for len(frame.Messages) < frameMessages && sent < count {
			sent++
			body := []byte(strconv.Itoa(sent))
			frame.Messages = append(frame.Messages, &waybill.PublishRequest{Subject: subject, Body: body})
		}
		credit -= len(frame.Messages)
		for credit < 0 {
			messages, open := <-acked
			if !open {
				return
			}
			credit += messages
		}
		// An error here is told to the receiver too, and in full.
		if stream.Send(frame) != nil {
			return
		}
	}
	example.Must(stream.CloseSend())
}

func main() {
	subject := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	example.Must(err)
	connection := example.Connect()
	defer connection.Close()
	stream, err := waybill.NewBrokerServiceClient(connection).PublishStream(context.Background())
	example.Must(err)

	// The server speaks first: how many messages may be unacknowledged.
	response, err := stream.Recv()
	example.Must(err)
	// Never full: every message is acknowledged once.
	acked := make(chan int, count)
	go send(stream, subject, count, int(response.GetOpened().GetCreditMessages()), acked)

	var ids []uint64
	for len(ids) < count {
		response, err := stream.Recv()
		if err == io.EOF {
			// The server drains; a longer-lived program sends the rest on a new stream.
			break
		}
		example.Must(err)
		for _, failure := range response.GetAck().GetFailures() {
			fmt.Printf("message %d of frame %d: %s\n", failure.Index, response.GetAck().Sequence, failure.Status.Message)
		}
		ids = append(ids, response.GetAck().GetIds()...)
		acked <- len(response.GetAck().GetIds())
	}
	close(acked)
	fmt.Printf("published %d messages, ids %d to %d\n", len(ids), ids[0], ids[len(ids)-1])
}
