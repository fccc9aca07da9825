// Publishes messages and fetches them: go run ./publish-and-fetch SUBJECT BODY...
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	waybill "example.com/waybill/gen/waybillv1"
	"example.com/waybill/internal/example"
)

const timeout = 10 * time.Second

func publish(broker waybill.BrokerServiceClient, subject, body string) (uint64, error) {
	// Whether a call that timed out or broke was stored is not known; with the key, trying again stores it only once.
	request := &waybill.PublishRequest{
		Subject:        subject,
		Body:           []byte(body),
		Headers:        map[string]string{"content-type": "text/plain"},
		IdempotencyKey: rand.Text(),
	}
	for attempt := 1; ; attempt++ {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		response, err := broker.Publish(ctx, request)
		cancel()
		code := status.Code(err)
		if attempt == 3 || (code != codes.Unavailable && code != codes.DeadlineExceeded) {
			return response.GetId(), err
		}
	}
}

// fetch returns nil when the message does not exist (any more).
func fetch(broker waybill.BrokerServiceClient, subject string, id uint64) (*waybill.Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	response, err := broker.Fetch(ctx, &waybill.FetchRequest{Subject: subject, Id: id})
	if err != nil {
		switch example.Reason(err) {
		case "MESSAGE_NOT_FOUND", "MESSAGE_EXPIRED":
			return nil, nil
		}
		return nil, err
	}
	return response.Message, nil
}

func main() {
	subject, bodies := os.Args[1], os.Args[2:]
	connection := example.Connect()
	defer connection.Close()
	broker := waybill.NewBrokerServiceClient(connection)

	var ids []uint64
	for _, body := range bodies {
		id, err := publish(broker, subject, body)
		example.Must(err)
		fmt.Println("published", subject, id)
		ids = append(ids, id)
	}
	for _, id := range ids {
		message, err := fetch(broker, subject, id)
		example.Must(err)
		text := "gone"
		if message != nil {
			text = string(message.Body)
		}
		fmt.Printf("fetched %s %d: %s\n", subject, id, text)
	}
}
