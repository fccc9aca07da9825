"""Publishes messages and fetches them: publish_and_fetch.py SUBJECT BODY..."""

import sys
import uuid

import grpc

from waybill_example import connect, reason_of
from waybill.v1 import broker_service_pb2 as waybill
from waybill.v1 import broker_service_pb2_grpc

TIMEOUT_SECONDS = 10


def publish(broker, subject: str, body: bytes) -> int:
    # Whether a call that timed out or broke was stored is not known; with the key, trying again stores it only once.
    request = waybill.PublishRequest(
        subject=subject, body=body, headers={"content-type": "text/plain"}, idempotency_key=str(uuid.uuid4())
    )
    attempts = 3
    while True:
        try:
            return broker.Publish(request, timeout=TIMEOUT_SECONDS, wait_for_ready=True).id
        except grpc.RpcError as error:
            attempts -= 1
            unknown = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            if attempts == 0 or not unknown:
                raise


def fetch(broker, subject: str, id: int):
    """The message, or None when it does not exist (any more)."""
    try:
        request = waybill.FetchRequest(subject=subject, id=id)
        return broker.Fetch(request, timeout=TIMEOUT_SECONDS).message
    except grpc.RpcError as error:
        if reason_of(error) in ("MESSAGE_NOT_FOUND", "MESSAGE_EXPIRED"):
            return None
        raise


def main(subject: str, *bodies: str) -> None:
    with connect() as channel:
        broker = broker_service_pb2_grpc.BrokerServiceStub(channel)
        ids = []
        for body in bodies:
            ids.append(publish(broker, subject, body.encode()))
            print(f"published {subject} {ids[-1]}")
        for id in ids:
            message = fetch(broker, subject, id)
            print(f"fetched {subject} {id}: {message.body.decode() if message else 'gone'}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"failed: {reason_of(error)}: {error.details()}")
