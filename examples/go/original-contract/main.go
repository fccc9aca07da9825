// The contract of the original broker, broker.proto, by its generated client: go run ./original-contract SUBJECT BODY...
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc/status"

	"example.com/waybill/gen/broker"
	"example.com/waybill/internal/example"
)

func main() {
	subject, bodies := os.Args[1], os.Args[2:]
	connection := example.Connect()
	defer connection.Close()
	client := broker.NewBrokerClient(connection)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	subscription, err := client.Subscribe(ctx, &broker.SubscribeRequest{Subject: subject})
	example.Must(err)
	// Headers tell that the subscription stands; what is published from here on is delivered.
	_, err = subscription.Header()
	example.Must(err)

	var last int32
	for _, body := range bodies {
		request := &broker.PublishRequest{Subject: subject, Body: []byte(body), ExpirationSeconds: 60}
		response, err := client.Publish(ctx, request)
		example.Must(err)
		last = response.Id
		fmt.Println("published", subject, last)
	}
	for range bodies {
		message, err := subscription.Recv()
		example.Must(err)
		fmt.Printf("received %s\n", message.Body)
	}

	for id := last - int32(len(bodies)) + 1; id <= last; id++ {
		message, err := client.Fetch(ctx, &broker.FetchRequest{Subject: subject, Id: id})
		example.Must(err)
		fmt.Printf("fetched %s %d: %s\n", subject, id, message.Body)
	}
	_, err = client.Fetch(ctx, &broker.FetchRequest{Subject: subject, Id: last + 1})
	// In this contract an id that is unknown or has expired is InvalidArgument.
	fmt.Println("fetch of an unknown id:", status.Code(err))
}
