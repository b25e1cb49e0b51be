"""What `involution bench --peer PYTHON` compares with, in a process of its own: the same network, layer or operator in
Keras or in PyTorch. Started with "keras" or "torch"; speaks JSON lines: is told its subject (subject.ts), tells when it
has warmed up, and what it has found of itself by then, then measures whenever its standard input asks for it, as
serve.ts does.

With the subject {"kind": "fit", "network": file, "epochs": …, "folder": …} it trains that .keras file's network on the
CIFAR-10 of the folder as the Keras example does, and tells how long `fit` took."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def status_mb(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith(field))


def forget_peak():
    """Returns what the process holds now. Linux can forget its peak so far, which came from starting up."""
    if sys.platform != "linux":
        return peak_mb()
    with open("/proc/self/clear_refs", "w") as control:
        control.write("5")
    return status_mb("VmRSS")


def peak_mb():
    if sys.platform == "linux":
        return status_mb("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def answer(**content):
    # JSON has no NaN.
    print(json.dumps({key: None if value != value else value for key, value in content.items()}), flush=True)


def subjects_of(library):
    if library == "keras":
        import keras_subjects as found
    else:
        import torch_subjects as found
    return found.subjects


def main(library, subject):
    begin = subjects_of(library)[subject.pop("kind")]
    ready, step = begin(**subject)
    if step is None:
        return answer(**ready)
    before = forget_peak()
    for _ in range(2):
        start = time.perf_counter()
        step(True)
        estimate = time.perf_counter() - start
    answer(**ready)
    for line in sys.stdin:
        request = json.loads(line)
        if "end" in request:
            break
        steps = max(1, round(request["seconds"] / estimate))
        start = time.perf_counter()
        for index in range(steps):
            step(index == steps - 1)
        taken = time.perf_counter() - start
        estimate = taken / steps
        answer(steps=steps, seconds=taken)
    answer(peakMemoryMB=peak_mb(), workingMemoryMB=peak_mb() - before)


main(sys.argv[1], json.loads(sys.stdin.readline()))
