// Package eventbus is a client of the TCP event bus in the shape of the original Go client library: a method writes one
// line and reads one line.
package eventbus

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Statuses of an event.
const (
	Unprocessed uint8 = 0
	Processed   uint8 = 1
	Retry       uint8 = 2
)

// Credentials of a client that the server knows.
type Credentials struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// Stream as the server tells of it.
type Stream struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Event with its body as it was written.
type Event struct {
	ID        string          `json:"id"`
	StreamID  string          `json:"stream_id"`
	Status    uint8           `json:"status"`
	CreatedAt time.Time       `json:"created_at"`
	Body      json.RawMessage `json:"body"`
}

type request struct {
	Operation string      `json:"operation"`
	Auth      Credentials `json:"auth"`
	Body      any         `json:"body,omitempty"`
}

type response struct {
	Operation string          `json:"operation"`
	Status    bool            `json:"status"`
	Body      json.RawMessage `json:"body"`
	Context   json.RawMessage `json:"context"`
	Reason    string          `json:"reason"`
}

type streamName struct {
	StreamName string `json:"stream_name"`
}

type newEvent struct {
	StreamName string          `json:"stream_name"`
	Event      json.RawMessage `json:"event"`
}

type mark struct {
	EventID string `json:"event_id"`
	Status  uint8  `json:"status"`
}

// Client is one connection; it is for one goroutine at a time.
type Client struct {
	connection  net.Conn
	reader      *bufio.Reader
	credentials Credentials
}

// New connects to a server.
func New(address string, credentials Credentials) (*Client, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Client{connection: connection, reader: bufio.NewReader(connection), credentials: credentials}, nil
}

func (client *Client) Health() error {
	return client.call("health", nil, nil)
}

func (client *Client) CreateStream(name string) (Stream, error) {
	return client.stream("create_stream", name)
}

func (client *Client) DeleteStream(name string) error {
	return client.call("delete_stream", streamName{name}, nil)
}

func (client *Client) GetStreamInfo(name string) (Stream, error) {
	return client.stream("get_stream_info", name)
}

func (client *Client) GetStreamEvents(name string) ([]Event, error) {
	return client.events("get_stream_events", name)
}

func (client *Client) WriteEvent(name string, event json.RawMessage) error {
	return client.call("write_event", newEvent{name, event}, nil)
}

func (client *Client) ProcessEvents(name string) ([]Event, error) {
	return client.events("process_events", name)
}

func (client *Client) RetryEvents(name string) ([]Event, error) {
	return client.events("retry_events", name)
}

func (client *Client) MarkEvent(id string, status uint8) error {
	return client.call("mark_event", mark{id, status}, nil)
}

// Exit says goodbye and waits until the server has closed the connection.
func (client *Client) Exit() error {
	if err := client.call("exit", nil, nil); err != nil {
		return err
	}
	if _, err := client.reader.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the connection is still open: %v", err)
	}
	return client.connection.Close()
}

func (client *Client) stream(operation, name string) (Stream, error) {
	var body struct {
		Stream Stream `json:"stream"`
	}
	err := client.call(operation, streamName{name}, &body)
	return body.Stream, err
}

func (client *Client) events(operation, name string) ([]Event, error) {
	var body struct {
		Events []Event `json:"events"`
	}
	err := client.call(operation, streamName{name}, &body)
	return body.Events, err
}

func (client *Client) call(operation string, body, result any) error {
	encoder := json.NewEncoder(client.connection)
	// Events are sent as they are; Go would write < as \u003c.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(request{operation, client.credentials, body}); err != nil {
		return err
	}
	line, err := client.reader.ReadBytes('\n')
	if err != nil {
		return err
	}
	var answer response
	if err := json.Unmarshal(line, &answer); err != nil {
		return err
	}
	if answer.Reason != "" {
		return errors.New(answer.Reason)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Body, result)
}
