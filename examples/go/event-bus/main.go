// Writes events over the TCP event bus, processes and retries them: go run ./event-bus STREAM EVENT...
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"example.com/waybill/internal/eventbus"
)

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func must(err error) {
	if err != nil {
		log.Fatalf("failed: %v", err)
	}
}

func list(name string, events []eventbus.Event, err error) []eventbus.Event {
	must(err)
	fmt.Println(name, len(events))
	for _, event := range events {
		fmt.Printf("  status %d: %s\n", event.Status, event.Body)
	}
	return events
}

func main() {
	stream, bodies := os.Args[1], os.Args[2:]
	bus, err := eventbus.New(setting("WAYBILL_TCP_ADDRESS", "127.0.0.1:8080"), eventbus.Credentials{
		ClientID:     setting("WAYBILL_CLIENT_ID", "dope_go_client_id"),
		ClientSecret: setting("WAYBILL_CLIENT_SECRET", "dope_go_client_secret"),
	})
	must(err)
	must(bus.Health())

	created, err := bus.CreateStream(stream)
	must(err)
	known, err := bus.GetStreamInfo(stream)
	must(err)
	fmt.Println("created", known.Name, known == created)
	for _, body := range bodies {
		must(bus.WriteEvent(stream, json.RawMessage(body)))
	}

	unprocessed, err := bus.ProcessEvents(stream)
	for index, event := range list("to process", unprocessed, err) {
		// Every second one did not work out.
		must(bus.MarkEvent(event.ID, []uint8{eventbus.Processed, eventbus.Retry}[index%2]))
	}
	failed, err := bus.RetryEvents(stream)
	for _, event := range list("to retry", failed, err) {
		must(bus.MarkEvent(event.ID, eventbus.Processed))
	}
	all, err := bus.GetStreamEvents(stream)
	list("all", all, err)

	must(bus.DeleteStream(stream))
	_, err = bus.GetStreamEvents(stream)
	fmt.Println("after it was deleted:", err)
	must(bus.Exit())
}
