// Package example holds what the examples share: where the server is, and why a call failed.
package example

import (
	"log"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

// A batch of a subscription may be larger than gRPC's default of 4 MiB.
const maxReceiveBytes = 8 << 20

// Connect opens the one connection that a program needs; it may be used by any number of goroutines.
func Connect() *grpc.ClientConn {
	address := os.Getenv("WAYBILL_ADDRESS")
	if address == "" {
		address = "127.0.0.1:50043"
	}
	connection, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceiveBytes), grpc.WaitForReady(true)))
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

// Reason is the stable reason of a Waybill error, or else the name of the gRPC code.
func Reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return status.Code(err).String()
}

// Must ends the program when there is an error.
func Must(err error) {
	if err != nil {
		log.Fatalf("failed: %s: %s", Reason(err), status.Convert(err).Message())
	}
}
