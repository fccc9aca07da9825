"""The contract of the original broker, broker.proto, by its generated client: original_contract.py SUBJECT BODY..."""

import sys

import grpc

from waybill_example import connect
import broker_pb2
import broker_pb2_grpc

TIMEOUT_SECONDS = 10


def main(subject: str, *bodies: str) -> None:
    with connect() as channel:
        broker = broker_pb2_grpc.BrokerStub(channel)
        subscription = broker.Subscribe(broker_pb2.SubscribeRequest(subject=subject), wait_for_ready=True)
        # Headers tell that the subscription stands; what is published from here on is delivered.
        subscription.initial_metadata()

        ids = []
        for body in bodies:
            request = broker_pb2.PublishRequest(subject=subject, body=body.encode(), expirationSeconds=60)
            ids.append(broker.Publish(request, timeout=TIMEOUT_SECONDS).id)
            print(f"published {subject} {ids[-1]}")
        for _ in bodies:
            print(f"received {next(subscription).body.decode()}")
        subscription.cancel()

        for id in ids:
            response = broker.Fetch(broker_pb2.FetchRequest(subject=subject, id=id), timeout=TIMEOUT_SECONDS)
            print(f"fetched {subject} {id}: {response.body.decode()}")
        try:
            broker.Fetch(broker_pb2.FetchRequest(subject=subject, id=ids[-1] + 1), timeout=TIMEOUT_SECONDS)
        except grpc.RpcError as error:
            # In this contract an id that is unknown or has expired is INVALID_ARGUMENT.
            print(f"fetch of an unknown id: {error.code().name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
