"""Measures how much time priming saves in the first answer after a snapshot. Called by `./wakebox bench cold [FUNCTION ...]`, Linux only.

Each function runs as Lambda runs it with SnapStart, with the official runtime interface client, up to its first answer:
alternately primed by its prime.json and not primed. Only the restore itself is missing: the process continues instead. The
first request differs from prime.json if the function answers another request that changes nothing.
"""

import http.server
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROUNDS = 5
REQUESTS = {
    "status": ("GET", "/status"),
    "upload": ("GET", "/uploads/0123456789abcdef0123456789abcdef"),
    "classifier-predict": ("GET", "/classifier/questions?mentor=nobody&query=Where+were+you+born%3F"),
}
RUNTIME = "/2018-06-01/runtime/"

ready = json.loads(pathlib.Path(".wakebox/run/ready.json").read_text())


def running(function):
    """Command, environment variables and directory of a process that runs the function in the running application."""
    method, path = REQUESTS[function]
    try:
        headers = {"Authorization": "Bearer " + ready["token"]}
        urllib.request.urlopen(urllib.request.Request(ready["api"] + path, method=method, headers=headers)).read()
    except urllib.error.HTTPError:
        pass  # the event was answered
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            variables = dict(v.split("=", 1) for v in (process / "environ").read_text().split("\0") if "=" in v)
            if variables.get("AWS_LAMBDA_FUNCTION_NAME") == f"{ready['stack']}-{function}":
                command = (process / "cmdline").read_text().split("\0")[:-1]
                return command, variables, os.readlink(process / "cwd")
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    sys.exit(f"No process runs {function}.")


def event(function):
    method, path = REQUESTS[function]
    path, _, query = path.partition("?")
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"host": "bench"},
        "pathParameters": {"id": path.rpartition("/")[2]},
        "queryStringParameters": {k: v for k, _, v in (pair.partition("=") for pair in query.split("&")) if k},
        "requestContext": {"http": {"method": method, "path": path}},
    }


def cpu(pid):
    """Seconds of CPU that all threads of a process have used."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def first_answer(function, template, primed):
    """Milliseconds, wall and CPU, from the first event to its answer."""
    command, variables, directory = template
    given, answered, times = threading.Event(), threading.Event(), {}

    class Runtime(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path.endswith(RUNTIME + "restore/next"):
                return self.reply(b"")
            if given.is_set():
                answered.wait()
                return self.close_connection
            given.set()
            body = json.dumps(event(function)).encode()
            times["cpu"], times["wall"] = cpu(process.pid), time.perf_counter()
            self.reply(body, {"Lambda-Runtime-Aws-Request-Id": "first", "Lambda-Runtime-Deadline-Ms": str(2**52),
                              "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:bench"})

        def do_POST(self):
            times["answer"] = self.rfile.read(int(self.headers["Content-Length"]))
            times["wall"], times["cpu"] = time.perf_counter() - times["wall"], cpu(process.pid) - times["cpu"]
            self.reply(b"{}")
            answered.set()

        def reply(self, body, headers={}):
            self.send_response(200)
            for name, value in {**headers, "Content-Length": str(len(body)), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
    server.handle_error = lambda *_: None  # the process is killed while it waits for a second event
    threading.Thread(target=server.serve_forever, daemon=True).start()
    process = subprocess.Popen(
        [command[0], "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac", *command[1:]],
        cwd=directory,
        env={
            **variables,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if primed else "on-demand",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not answered.wait(60):
            sys.exit(f"{function} did not answer.")
    finally:
        process.kill()
        process.wait()
        server.shutdown()
    status = json.loads(times["answer"]).get("statusCode", 500)
    if status >= 500:
        sys.exit(f"{function} answered {status}.")
    return times["wall"] * 1000, times["cpu"] * 1000


print(f"Median of {ROUNDS} rounds, load {os.getloadavg()[0]:.1f}. First answer, ms of wall time (of CPU):\n")
print("| function | not primed | primed | primed takes, of the wall time (CPU) |")
print("|---|---|---|---|")
for function in sys.argv[1:] or REQUESTS:
    template = running(function)
    measured = {False: [], True: []}
    for _ in range(ROUNDS):
        for primed in measured:
            measured[primed].append(first_answer(function, template, primed))
    wall, used = ({p: statistics.median(t[i] for t in ts) for p, ts in measured.items()} for i in (0, 1))
    print(f"| {function} | {wall[False]:.0f} ({used[False]:.0f}) | {wall[True]:.0f} ({used[True]:.0f}) "
          f"| {wall[True] / wall[False]:.2f} ({used[True] / used[False]:.2f}) |", flush=True)
