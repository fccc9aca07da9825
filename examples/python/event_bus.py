"""Writes events over the TCP event bus, processes and retries them: event_bus.py STREAM EVENT...

Needs nothing but Python: the protocol is one JSON object per line.
"""

import json
import os
import socket
import sys

ADDRESS = os.environ.get("WAYBILL_TCP_ADDRESS", "127.0.0.1:8080")
CREDENTIALS = {
    "client_id": os.environ.get("WAYBILL_CLIENT_ID", "dope_go_client_id"),
    "client_secret": os.environ.get("WAYBILL_CLIENT_SECRET", "dope_go_client_secret"),
}
PROCESSED, RETRY = 1, 2


class EventBusError(Exception):
    """The reason that the server gives."""


class EventBus:
    """One connection; it writes one line and reads one line."""

    def __init__(self, address: str):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)))
        self._answers = self._socket.makefile("rb")

    def call(self, operation: str, **body) -> dict:
        request = {"operation": operation, "auth": CREDENTIALS, "body": body}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(self._answers.readline())
        if not answer["status"]:
            raise EventBusError(answer["reason"])
        return answer.get("body", {})

    def events(self, operation: str, stream: str) -> list:
        return self.call(operation, stream_name=stream)["events"]

    def exit(self) -> None:
        self.call("exit")
        assert self._answers.readline() == b"", "the connection is still open"
        self._socket.close()


def show(name: str, events: list) -> list:
    print(name, len(events))
    for event in events:
        print(f"  status {event['status']}: {json.dumps(event['body'], ensure_ascii=False, separators=(',', ':'))}")
    return events


def main(stream: str, *bodies: str) -> None:
    bus = EventBus(ADDRESS)
    bus.call("health")
    created = bus.call("create_stream", stream_name=stream)
    known = bus.call("get_stream_info", stream_name=stream)
    print("created", known["stream"]["name"], str(known == created).lower())
    for body in bodies:
        bus.call("write_event", stream_name=stream, event=json.loads(body))

    for index, event in enumerate(show("to process", bus.events("process_events", stream))):
        # Every second one did not work out.
        bus.call("mark_event", event_id=event["id"], status=(PROCESSED, RETRY)[index % 2])
    for event in show("to retry", bus.events("retry_events", stream)):
        bus.call("mark_event", event_id=event["id"], status=PROCESSED)
    show("all", bus.events("get_stream_events", stream))

    bus.call("delete_stream", stream_name=stream)
    try:
        bus.events("get_stream_events", stream)
    except EventBusError as error:
        print("after it was deleted:", error)
    bus.exit()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except EventBusError as error:
        sys.exit(f"failed: {error}")
