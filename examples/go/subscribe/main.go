// Prints the messages of a subject or pattern, for ever: go run ./subscribe SUBJECT [CURSOR_FILE]
//
// The position is kept in CURSOR_FILE, so that nothing is missed: neither when the connection breaks nor when this
// program is stopped and started again. Without a position it begins with the oldest message.
package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	waybill "example.com/waybill/gen/waybillv1"
	"example.com/waybill/internal/example"
)

type cursorFile string

func (file cursorFile) read() string {
	cursor, err := os.ReadFile(string(file))
	if err != nil && !os.IsNotExist(err) {
		example.Must(err)
	}
	return string(cursor)
}

// write replaces the file as a whole: a program that is killed here leaves the old position or the new one.
func (file cursorFile) write(cursor string) {
	example.Must(os.WriteFile(string(file)+".new", []byte(cursor), 0o644))
	example.Must(os.Rename(string(file)+".new", string(file)))
}

// follow reads until the stream ends, which it only does with an error.
func follow(broker waybill.BrokerServiceClient, subject string, file cursorFile) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	request := &waybill.SubscribeRequest{
		Subjects: []string{subject},
		Start:    &waybill.SubscribeRequest_Position{Position: waybill.StartPosition_START_POSITION_EARLIEST},
	}
	if cursor := file.read(); cursor != "" {
		request.Start = &waybill.SubscribeRequest_Cursor{Cursor: cursor}
	}
	stream, err := broker.Subscribe(ctx, request)
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		switch frame := response.Frame.(type) {
		case *waybill.SubscribeResponse_Confirmed_:
			fmt.Println("subscribed")
		case *waybill.SubscribeResponse_Batch_:
			for _, message := range frame.Batch.Messages {
				fmt.Printf("%s %d: %s\n", message.Subject, message.Id, message.Body)
			}
		}
		// Only after the work is done: a crash before this line repeats the frame instead of losing it.
		if response.Cursor != "" {
			file.write(response.Cursor)
		}
	}
}

func main() {
	subject, file := os.Args[1], cursorFile("waybill.cursor")
	if len(os.Args) > 2 {
		file = cursorFile(os.Args[2])
	}
	connection := example.Connect()
	defer connection.Close()
	broker := waybill.NewBrokerServiceClient(connection)
	for {
		err := follow(broker, subject, file)
		// The server went away or drains; anything else would fail again.
		if status.Code(err) != codes.Unavailable {
			example.Must(err)
		}
		fmt.Println("reconnecting after", example.Reason(err))
		time.Sleep(time.Duration(100+rand.IntN(900)) * time.Millisecond)
	}
}
