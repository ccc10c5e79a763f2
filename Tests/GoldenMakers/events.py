"""Writes events as TensorBoard's own writer does: events.out.tfevents.golden.

Usage: events.py FOLDER.
"""

import sys
from pathlib import Path

from tensorboard.compat.proto import event_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

SCALARS = {
    "training/loss": 2.5,
    "training/loss of the last layer": 1.25,
    "training/gradient norm": 0.5,
    "training/learning rate": 0.001,
    "training/tokens per second": 5000.0,
}


def events():
    yield event_pb2.Event(wall_time=1.5, file_version="brain.Event:2")
    step = event_pb2.Event(wall_time=2.25, step=300)
    for tag, value in SCALARS.items():
        step.summary.value.add(tag=tag, simple_value=value)
    yield step
    sample = event_pb2.Event(wall_time=3.0, step=300)
    value = sample.summary.value.add(tag="sample 1")
    value.metadata.plugin_data.plugin_name = "text"
    value.tensor.dtype = types_pb2.DT_STRING
    value.tensor.string_val.append(b"    Once upon\n    a time")
    yield sample


if __name__ == "__main__":
    with (Path(sys.argv[1]) / "events.out.tfevents.golden").open("wb") as file:
        writer = RecordWriter(file)
        for event in events():
            writer.write(event.SerializeToString(deterministic=True))
