"""Prints the messages of a subject or pattern, for ever: subscribe.py SUBJECT [CURSOR_FILE]

The position is kept in CURSOR_FILE, so that nothing is missed: neither when the connection breaks nor when this program
is stopped and started again. Without a position it begins with the oldest message.
"""

import random
import sys
import time
from pathlib import Path

import grpc

from waybill_example import connect, reason_of
from waybill.v1 import broker_service_pb2 as waybill
from waybill.v1 import broker_service_pb2_grpc


class CursorFile:
    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def read(self) -> str:
        return self._path.read_text() if self._path.exists() else ""

    def write(self, cursor: str) -> None:
        # Replaced as a whole: a program that is killed here leaves the old position or the new one.
        new = self._path.with_suffix(".new")
        new.write_text(cursor)
        new.replace(self._path)


def follow(broker, subject: str, cursor_file: CursorFile) -> None:
    """Reads until the stream ends, which it only does with an error."""
    request = waybill.SubscribeRequest(subjects=[subject], position=waybill.START_POSITION_EARLIEST)
    if cursor := cursor_file.read():
        request.cursor = cursor
    for response in broker.Subscribe(request, wait_for_ready=True):
        match response.WhichOneof("frame"):
            case "confirmed":
                print("subscribed", flush=True)
            case "batch":
                for message in response.batch.messages:
                    print(f"{message.subject} {message.id}: {message.body.decode()}", flush=True)
        # Only after the work is done: a crash before this line repeats the frame instead of losing it.
        if response.cursor:
            cursor_file.write(response.cursor)


def main(subject: str, cursor_file: str = "waybill.cursor") -> None:
    with connect() as channel:
        broker = broker_service_pb2_grpc.BrokerServiceStub(channel)
        while True:
            try:
                follow(broker, subject, CursorFile(cursor_file))
            except grpc.RpcError as error:
                # The server went away or drains; anything else would fail again.
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    raise
                print(f"reconnecting after {reason_of(error)}", flush=True)
                time.sleep(random.uniform(0.1, 1))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"failed: {reason_of(error)}: {error.details()}")
    except KeyboardInterrupt:
        pass
