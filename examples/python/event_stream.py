"""Writes events to a stream and processes what is there: event_stream.py STREAM JSON...

Any number of these may run at the same time: each event is handed to one of them. What fails here (an event with
"fails": true) is marked for a retry, and what a program leaves behind when it dies is handed out again after a while.
"""

import json
import sys

import grpc
from google.protobuf.duration_pb2 import Duration

from waybill_example import connect, reason_of
from waybill.v1 import stream_service_pb2 as waybill
from waybill.v1 import stream_service_pb2_grpc

TIMEOUT_SECONDS = 10
LEASE = Duration(seconds=30)


def open_stream(streams, name: str) -> str:
    try:
        request = waybill.CreateStreamRequest(stream_name=name)
        streams.CreateStream(request, timeout=TIMEOUT_SECONDS, wait_for_ready=True)
        return "created"
    except grpc.RpcError as error:
        if reason_of(error) == "STREAM_EXISTS":
            return "found"
        raise


def handle(body: bytes) -> bool:
    """The work; False when it is to be tried again."""
    value = json.loads(body)
    return not (isinstance(value, dict) and value.get("fails") is True)


def process_all(streams, name: str) -> None:
    # No more at once than can be done within the lease.
    request = waybill.ProcessEventsRequest(stream_name=name, page_size=10, lease_duration=LEASE)
    while (taken := streams.ProcessEvents(request, timeout=TIMEOUT_SECONDS)).HasField("lease"):
        for event in taken.events:
            done = handle(event.body)
            status = waybill.EVENT_STATUS_PROCESSED if done else waybill.EVENT_STATUS_RETRY
            # Fails with LEASE_LOST when it took too long: somebody else may have the event by now.
            mark = waybill.MarkEventRequest(event_id=event.id, status=status, lease_id=taken.lease.id)
            streams.MarkEvent(mark, timeout=TIMEOUT_SECONDS)
            print(f"{'processed' if done else 'retry'} {event.body.decode()}")


def count_to_retry(streams, name: str) -> int:
    count, token = 0, ""
    while True:
        request = waybill.RetryEventsRequest(stream_name=name, page_token=token)
        page = streams.RetryEvents(request, timeout=TIMEOUT_SECONDS)
        count += len(page.events)
        if not (token := page.next_page_token):
            return count


def main(name: str, *events: str) -> None:
    with connect() as channel:
        streams = stream_service_pb2_grpc.StreamServiceStub(channel)
        print(f"{open_stream(streams, name)} {name}")
        for event in events:
            request = waybill.WriteEventRequest(stream_name=name, body=event.encode())
            streams.WriteEvent(request, timeout=TIMEOUT_SECONDS)
        print(f"wrote {len(events)} events")
        process_all(streams, name)
        print(f"{count_to_retry(streams, name)} to try again")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"failed: {reason_of(error)}: {error.details()}")
