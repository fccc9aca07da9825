"""What the examples share: where the server is, and why a call failed."""

import os
import sys
from pathlib import Path

import grpc

# The generated modules import each other from the root of that folder.
sys.path.insert(0, str(Path(__file__).parent / "generated"))

from google.rpc import error_details_pb2, status_pb2  # noqa: E402

ADDRESS = os.environ.get("WAYBILL_ADDRESS", "127.0.0.1:50043")

# Ask every half minute whether a silent connection still exists.
CHANNEL_OPTIONS = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # A batch of a subscription may be larger than gRPC's default of 4 MiB.
    ("grpc.max_receive_message_length", 8 * 1024 * 1024),
]


def connect() -> grpc.Channel:
    """One channel serves a whole program, from any thread."""
    return grpc.insecure_channel(ADDRESS, CHANNEL_OPTIONS)


def reason_of(error: grpc.RpcError) -> str:
    """The stable reason of a Waybill error, or else the name of the gRPC code."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            info = error_details_pb2.ErrorInfo()
            for detail in status_pb2.Status.FromString(value).details:
                if detail.Unpack(info):
                    return info.reason
    return error.code().name
