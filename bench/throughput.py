"""Measures requests a second and latencies of the running application's routes. Called by `./wakebox bench throughput [REQUESTS]`.

Each route gets the requests from 1, 4 and 16 connections, one after another on each; the first requests are not counted. The times include the local HTTP API and
the AWS emulator, which share the computer with the functions.
"""

import collections
import http.client
import json
import pathlib
import sys
import threading
import time
import urllib.parse

REQUESTS = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
AT_ONCE = (1, 4, 16)
MENTOR = "64f0c2a9d1e8b7350a4c19e2"
ready = json.loads(pathlib.Path(".wakebox/run/ready.json").read_text())
api = urllib.parse.urlsplit(ready["api"])
question = urllib.parse.urlencode({"mentor": MENTOR, "query": "Were you ever scared out there?"})

ROUTES = {
    "GET /status": ("GET", "/status", None, 200),
    "POST /train, refused": ("POST", "/train", json.dumps({"dataset": "no,such\ncolumns,here\n"}), 400),
    "GET /classifier/questions": ("GET", f"/classifier/questions?{question}", None, 200),
}


def call(connection, method, path, body, wanted, token=None):
    headers = {"content-type": "application/json"} if body else {}
    if token:
        headers["authorization"] = f"Bearer {token}"
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.read()
    if wanted and response.status != wanted:
        sys.exit(f"{method} {path} was answered {response.status}: {answer.decode()[:300]}")
    return json.loads(answer)


def connect():
    return http.client.HTTPConnection(api.hostname, api.port, timeout=60)


def train_mentor():
    """A model for the questions, from the mentor of the local GraphQL server."""
    connection = connect()
    started = call(connection, "POST", "/classifier/train", json.dumps({"mentor": MENTOR}), 200, ready["token"])["data"]
    while True:
        job = call(connection, "GET", f"/classifier/train/status/{started['id']}", None, 200, ready["token"])["data"]
        if job["state"] in ("SUCCESS", "FAILURE"):
            break
        time.sleep(1)
    if job["state"] != "SUCCESS":
        sys.exit(f"The training of {MENTOR} failed: {job}")


def measure(route, at_once, requests):
    """Requests a second, and all latencies in milliseconds."""
    left = collections.deque(range(requests))
    latencies = []

    def work():
        connection = connect()
        while left:
            try:
                left.pop()
            except IndexError:
                return
            start = time.perf_counter()
            call(connection, *route)
            latencies.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(latencies) / (time.perf_counter() - start), sorted(latencies)


train_mentor()
print("| route | at once | requests a second | p50, ms | p90, ms | p99, ms | longest, ms |")
print("|---|---|---|---|---|---|---|")
for name, route in ROUTES.items():
    for at_once in AT_ONCE:
        measure(route, at_once, 20 * at_once)  # starts the functions' processes
        rate, latencies = measure(route, at_once, REQUESTS)
        p50, p90, p99 = (latencies[int(len(latencies) * share)] for share in (0.5, 0.9, 0.99))
        print(f"| {name} | {at_once} | {rate:.0f} | {p50:.1f} | {p90:.1f} | {p99:.1f} | {latencies[-1]:.0f} |", flush=True)
