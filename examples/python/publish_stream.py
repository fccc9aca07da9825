"""Publishes many messages without waiting for each answer: publish_stream.py SUBJECT COUNT"""

import asyncio
import sys

import grpc

from waybill_example import ADDRESS, CHANNEL_OPTIONS, reason_of
from waybill.v1 import broker_service_pb2 as waybill
from waybill.v1 import broker_service_pb2_grpc

FRAME_MESSAGES = 500


async def main(subject: str, count: str) -> None:
    async with grpc.aio.insecure_channel(ADDRESS, CHANNEL_OPTIONS) as channel:
        call = broker_service_pb2_grpc.BrokerServiceStub(channel).PublishStream(wait_for_ready=True)
        # The server speaks first: how many messages and bytes may be unacknowledged.
        credit = (await call.read()).opened.credit_messages
        bodies = [str(number).encode() for number in range(1, int(count) + 1)]
        ids, outstanding, sent = [], 0, 0
        while len(ids) < len(bodies):
            frame = bodies[sent : sent + FRAME_MESSAGES]
            if frame and outstanding + len(frame) <= credit:
                messages = [waybill.PublishRequest(subject=subject, body=body) for body in frame]
                sent += len(frame)
                outstanding += len(frame)
                await call.write(waybill.PublishStreamRequest(sequence=sent, messages=messages))
                continue
            response = await call.read()
            if response is grpc.aio.EOF:
                break
            if response.WhichOneof("frame") == "draining":
                # What was sent is still acknowledged; a longer-lived program sends the rest on a new stream.
                bodies = bodies[:sent]
                continue
            for failure in response.ack.failures:
                print(f"message {failure.index} of frame {response.ack.sequence}: {failure.status.message}")
            ids.extend(response.ack.ids)
            outstanding -= len(response.ack.ids)
        await call.done_writing()
        if await call.code() != grpc.StatusCode.OK:
            raise SystemExit(f"failed: {await call.details()}")
        print(f"published {len(ids)} messages, ids {ids[0]} to {ids[-1]}")


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except grpc.RpcError as error:
        sys.exit(f"failed: {reason_of(error)}: {error.details()}")
