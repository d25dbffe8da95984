"""Compares our functions with idiomatic boto3 twins (peers/), under the official runtime interface clients.
Called by `./wakebox bench twins [ROUNDS [REQUESTS]]`.

Each function runs on one pinned core as Lambda runs it, against a Runtime API and an AWS that answer from memory on the other
core, without TLS. A round runs the twin, our function without a snapshot, and our function primed, in this order; figures are medians of
the rounds, and ratios are medians of the rounds' ratios.
"""

import io
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import zipfile

import yaml

HOME = pathlib.Path(".wakebox/twins")
CORE = max(os.sched_getaffinity(0))
RUNTIME = "/2018-06-01/runtime/"
INSTANCE = "i-00000000000000000"


def get(path, **query):
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"host": "bench"},
        "queryStringParameters": query,
        "requestContext": {"http": {"method": "GET", "path": path}},
    }


def rehearsal(function):
    name = function.replace("-", "")
    return json.loads(
        pathlib.Path(f"functions/{function}/src/main/resources/dev/wakebox/functions/{name}/rehearsal.json").read_text()
    )


def poll():
    document = json.loads(json.dumps(rehearsal("ec2-poller")["events"][0]).replace("${AWS_LAMBDA_FUNCTION_NAME}", "bench"))
    document["run"]["looks"] = 0  # ours calls EC2 at each sixth poll, the twin never
    return document


def job_complete():
    return {
        "version": "2.0",
        "rawPath": "/job-complete",
        "headers": {"host": "bench", "content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/job-complete"}},
        "body": json.dumps({"id": "job-1", "event": "job_complete", "msg": "done"}),
    }


FUNCTIONS = {
    "status": get("/status"),
    "start": json.loads(json.dumps(rehearsal("start")["events"][0]).replace("${BUCKET}", "bench")),
    "ec2-poller": poll(),
    "classifier-predict": get("/classifier/questions", mentor="nobody", query="Where were you born?"),
    "webhook-egress": job_complete(),
}
MORE_TWINS = {"webhook-egress-once": "webhook-egress"}  # a second twin of a function, by its name
NOT_FOUND = {"status": 404, "body": "<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>"}
AWS = {**rehearsal("start")["answers"], **rehearsal("ec2-poller")["answers"]}
AWS["DescribeInstances"] = rehearsal("start")["answers"]["DescribeInstances"]
# What webhook-egress calls: the platform, S3, and the table of jobs, which never has the job, so that each request stores its output.
AWS["GET /v1/jobs/job-1/output"] = {"headers": {"Content-Type": "application/json"}, "body": {"frames": {str(i): {"labels": ["car", "person"]} for i in range(1000)}}}
AWS["GET /v1/jobs/job-1"] = {"body": {"job": {"state": "COMPLETE", "output_filename": "labels.json"}}}
AWS["PUT /labels/"] = {"headers": {"ETag": '"1"'}}
AWS["PutItem"] = {"body": {}}
AWS["UpdateItem"] = {"body": {"Attributes": {
    "id": {"S": "egress#job-1"}, "state": {"S": "waiting"}, "attributes": {"M": {}},
    "history": {"L": [{"M": {"state": {"S": "waiting"}, "at": {"S": "2026-11-30T00:00:00Z"}, "reason": {"S": "."}}}]}}}}


def token(port):
    """The secret with the platform's token and URL; the platform is served beside AWS."""
    document = {"access_token": {"private_key": "key", "token_id": "1", "base_api_url": f"http://127.0.0.1:{port}"}}
    return {"body": {"Name": "bench", "SecretString": json.dumps(document)}}


# ---------------------------------------------------------------- Minimal HTTP on loopback, so that it doesn't dominate the measurement


def requests(connection):
    """The requests of a connection: method, path, headers, body."""
    stream = connection.makefile("rb")
    while line := stream.readline():
        method, path, _ = line.decode().split(" ", 2)
        headers = {}
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("expect") == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(stream.readline().split(b";")[0], 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        else:
            body = stream.read(int(headers.get("content-length", 0)))
        yield method, path, headers, body


def reply(connection, method, status, headers, body):
    head = f"HTTP/1.1 {status} x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    if "Content-Length" not in headers:
        head += f"Content-Length: {len(body)}\r\n"
    connection.sendall(head.encode() + b"\r\n" + (b"" if method == "HEAD" else body))


def listen(serve):
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return  # closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=guarded, args=(connection,), daemon=True).start()

    def guarded(connection):
        try:
            with connection:
                serve(connection)
        except OSError:
            pass  # the process ended

    threading.Thread(target=accept, daemon=True).start()
    return server


def serve_aws(connection):
    for method, path, headers, body in requests(connection):
        action = re.search(rb"(?:^|&)Action=(\w+)", body)
        target = headers.get("x-amz-target", "").rpartition(".")[2] or (action and action[1].decode())
        call = target or f"{method} {path}"
        answer = next((a for key, a in AWS.items() if key == call or (" " in key and call.startswith(key.split()[0])
                       and key.split()[1] in call)), NOT_FOUND)
        content = answer.get("body", "")
        content = content if isinstance(content, str) else json.dumps(content)
        kind = "application/x-amz-json-1.1" if "x-amz-target" in headers else "text/xml"
        reply(connection, method, answer.get("status", 200), {"Content-Type": kind, **answer.get("headers", {})}, content.encode())


if sys.argv[1:] == ["aws"]:  # in its own process, so that the Runtime API and AWS don't wait for each other
    stand_in = listen(serve_aws).getsockname()[1]
    AWS["GetSecretValue"] = token(stand_in)
    print(stand_in, flush=True)
    sys.stdin.read()
    sys.exit()


# ---------------------------------------------------------------- the two kinds of process


class Tags(yaml.SafeLoader):
    """The template's YAML; CloudFormation's functions don't matter here."""


Tags.add_multi_constructor("!", lambda loader, suffix, node: None)
TEMPLATE = yaml.load(pathlib.Path("template.yaml").read_text(), Tags)


def settings(function, primed):
    deployed = next(r["Properties"] for r in TEMPLATE["Resources"].values()
                    if r["Type"] == "AWS::Serverless::Function" and r["Properties"]["CodeUri"] == f"functions/{function}")
    of_all = TEMPLATE["Globals"]["Function"]
    variables = {**of_all["Environment"]["Variables"], **deployed.get("Environment", {}).get("Variables", {})}
    options = variables["JAVA_TOOL_OPTIONS"]
    if not primed:  # as the template has it for the functions that start without a snapshot
        options = re.sub(r" -XX:CompileThresholdScaling=\S+", "", options)
    return deployed["Handler"], deployed.get("MemorySize", of_all["MemorySize"]), options


def environment(aws):
    return {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": ":UTC",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws}",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": "bench", "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
        "BUCKET": "bench", "LOG_BUCKET": "bench", "MODELS_BUCKET": "bench", "TRAINING_INSTANCE_ID": INSTANCE,
        "JOBS_TABLE": "bench", "EGRESS_QUEUE_URL": f"http://127.0.0.1:{aws}/000000000000/egress", "PLATFORM_TRUSTED_HOSTS": "127.0.0.1",
        "PLATFORM_TOKEN_ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-abcdef",
    }


def python(function, aws):
    twin = pathlib.Path("bench/peers").resolve()
    return dict(
        args=[str(HOME.resolve() / "venv/bin/python"), "-m", "awslambdaric", function.replace("-", "_") + ".handler"],
        cwd=twin, env=environment(aws),
    )


def task(function):
    """The directory that Lambda unpacks the function's package into."""
    return HOME.resolve() / "tasks" / function


def java(function, aws, primed):
    handler, memory, options = settings(function, primed)
    library = pathlib.Path("local/target/lib").resolve()
    client = [str(j) for name in ("core", "serialization", "runtime-interface-client")
              for j in library.glob(f"aws-lambda-java-{name}-*.jar")] + [str(j) for j in library.glob("utils-lite-*.jar")]
    return dict(
        args=[os.environ["JAVA_HOME"] + "/bin/java", f"-Xmx{memory * 85 // 100}m", "-XX:+UseSerialGC", "-Xshare:auto",
              "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac", "-cp", ":".join(client),
              "com.amazonaws.services.lambda.runtime.api.client.AWSLambda", handler],
        cwd=task(function),
        env={**environment(aws), "JAVA_TOOL_OPTIONS": options,
             "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if primed else "on-demand"},
    )


def cpu(pid):
    """Milliseconds of CPU that all threads of a process have used."""
    used = 0
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            used += int(task.read_text().split()[0])
        except OSError:
            pass  # the thread has ended
    return used / 1e6


def rss(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def measure(command, event, warm):
    """Measures from the process's start, and from the snapshot if there is one, to the first answer, then the given number of answers."""
    marks, latencies, answers = {}, [], []
    turn, over = threading.Semaphore(1), threading.Event()
    body = json.dumps(event).encode()
    process = None

    def serve(connection):
        for method, path, _, sent in requests(connection):
            if path.endswith("restore/next"):
                reply(connection, method, 200, {"Content-Type": "application/json"}, b"")
            elif method == "GET":
                turn.acquire()
                if len(answers) > warm:
                    over.set()
                    return
                if not answers:
                    marks["restored"] = time.perf_counter(), cpu(process.pid)
                if len(answers) == 1:
                    marks["warm"] = cpu(process.pid)
                marks["given"] = time.perf_counter()
                reply(connection, method, 200, {
                    "Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": f"request-{len(answers)}",
                    "Lambda-Runtime-Deadline-Ms": str(2**52), "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:bench"}, body)
            else:
                now = time.perf_counter()
                answers.append(sent)
                if len(answers) == 1:
                    marks["first"] = now, cpu(process.pid)
                else:
                    latencies.append((now - marks["given"]) * 1000)
                reply(connection, method, 202, {"Content-Type": "application/json"}, b"{}")
                turn.release()

    server = listen(serve)
    command["env"]["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{server.getsockname()[1]}"
    log = HOME / "function.log"
    started = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(["taskset", "-c", str(CORE), *command["args"]], cwd=command["cwd"], env=command["env"],
                                   stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            if not over.wait(300):
                sys.exit(f"The function did not answer; see {log}.")
            resident, used = rss(process.pid), cpu(process.pid)
        finally:
            process.kill()
            process.wait()
            server.close()
    check(answers, log)
    result = {
        "cold": (marks["first"][0] - started) * 1000, "cold CPU": marks["first"][1],
        "restored": (marks["first"][0] - marks["restored"][0]) * 1000, "restored CPU": marks["first"][1] - marks["restored"][1],
        "RSS": resident,
    }
    if warm:
        ordered = sorted(latencies)
        result |= {"p50": statistics.median(ordered), "p99": ordered[len(ordered) * 99 // 100 - 1],
                   "warm CPU": (used - marks["warm"]) / warm}
    return result


def check(answers, log):
    """Refuses failed answers, whose time means nothing."""
    for answer in (answers[0], answers[-1]):
        document = json.loads(answer)
        if document.get("statusCode", 200) >= 500 or document.get("batchItemFailures") or "errorMessage" in document:
            sys.exit(f"The function answered {answer.decode()[:300]}; see {log}.")


def unpack(function):
    """Makes the directory as `make build-...` does for sam build: classes, and jars without compression."""
    target = pathlib.Path(f"functions/{function}/target")
    shutil.rmtree(task(function), ignore_errors=True)
    shutil.copytree(target / "classes", task(function))
    subprocess.run([os.environ["JAVA_HOME"] + "/bin/java", "build/StoreJars.java", str(task(function) / "lib"),
                    *map(str, (target / "lib").glob("*.jar"))], check=True)


def package(files):
    """Megabytes of a ZIP as SAM makes it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file)
    return len(data.getvalue()) / 1e6


# ---------------------------------------------------------------- the report

MEASURES = [  # title, our figure, the twin's figure, limit, unit
    ("primed first answer / Python's cold start, CPU", "primed", "restored CPU", "cold CPU", 0.15, "ms"),
    ("unprimed cold start, CPU", "unprimed", "cold CPU", "cold CPU", 2.6, "ms"),
    ("unprimed cold start, wall", "unprimed", "cold", "cold", None, "ms"),
    ("warm p50", "primed", "p50", "p50", 0.80, "ms"),
    ("warm p99", "primed", "p99", "p99", 1.2, "ms"),
    ("warm CPU an answer", "primed", "warm CPU", "warm CPU", None, "ms"),
    ("RSS after all requests", "primed", "RSS", "RSS", 2.0, "MB"),
    ("RSS of ours without a snapshot after one answer, of Python after all", "unprimed", "RSS", "RSS", None, "MB"),
]


def chart(rows, file):
    """Ratios as bars on a scale that is linear up to 5; the line is the twin, the tick is the limit."""
    unit, left, height = 90, 330, 18
    lines, y = [], 30
    for title, bar, ratios in rows:
        lines.append(f'<text x="8" y="{y}" font-weight="bold">{title}</text>')
        for function, ratio in ratios:
            y += height
            width = min(ratio, 5) * unit
            colour = "#2a7" if bar is None or ratio <= bar else "#c60"
            lines.append(f'<text x="24" y="{y}">{function}</text><rect x="{left}" y="{y - 11}" width="{width:.0f}" height="13" fill="{colour}"/>'
                         f'<text x="{left + width + 5:.0f}" y="{y}">{ratio:.2f}</text>')
            if bar is not None:
                lines.append(f'<path d="M{left + bar * unit:.0f} {y - 13}v17" stroke="#000"/>')
        y += 2 * height
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + 5 * unit + 80}" height="{y}" font-family="sans-serif" font-size="12">'
           f'<rect width="100%" height="100%" fill="#fff"/><path d="M{left + unit} 12V{y - 20}" stroke="#888" stroke-dasharray="4"/>'
           f'<text x="{left + unit - 30}" y="12" fill="#555">Python = 1</text>{"".join(lines)}</svg>\n')
    pathlib.Path(file).write_text(svg)


def main():
    rounds, warm = int(sys.argv[1]) if len(sys.argv) > 1 else 7, int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE})
    for function in FUNCTIONS:
        unpack(function)
    aws_process = subprocess.Popen([sys.executable, __file__, "aws"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        aws = int(aws_process.stdout.readline())
        measured = {}
        for number in range(rounds):
            for function, event in FUNCTIONS.items():
                of_round = {
                    "python": measure(python(function, aws), event, warm),
                    "unprimed": measure(java(function, aws, False), event, 0),
                    "primed": measure(java(function, aws, True), event, warm),
                }
                measured.setdefault(function, []).append(of_round)
                for twin, of in MORE_TWINS.items():
                    if of == function:
                        again = {**of_round, "python": measure(python(twin, aws), event, warm)}
                        measured.setdefault(twin, []).append(again)
                print(f"round {number + 1}/{rounds} {function}", file=sys.stderr)
    finally:
        aws_process.stdin.close()
        aws_process.wait()
    cpu_model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    print(f"{time.strftime('%d %B %Y')}, {cpu_model[1] if cpu_model else platform.machine()}, {os.cpu_count()} vCPUs, load "
          f"{os.getloadavg()[0]:.1f}, Linux {platform.release()}; medians of {rounds} paired rounds, {warm:,} warm requests each.\n")
    print("| | function | ours | Python | ratio | at most |")
    print("|---|---|---|---|---|---|")
    rows = []
    for title, kind, ours, theirs, bar, unit in MEASURES:
        ratios = []
        for function, of_rounds in measured.items():
            pairs = [(r[kind][ours], r["python"][theirs]) for r in of_rounds]
            ratio = statistics.median(a / b for a, b in pairs)
            a, b = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
            print(f"| {title} | {function} | {a:.3g} {unit} | {b:.3g} {unit} | {ratio:.2f} | {bar if bar is not None else ''} |")
            ratios.append((function, ratio))
        rows.append((title, bar, ratios))
    for function in FUNCTIONS:
        ours = package([f for f in task(function).rglob("*") if f.is_file()])
        theirs = package([pathlib.Path("bench/peers") / (function.replace("-", "_") + ".py")])
        print(f"| package | {function} | {ours:.1f} MB | {theirs:.3f} MB, and boto3 of the runtime | | |")
    chart(rows, HOME / "twins.svg")
    print(f"\nChart: {HOME / 'twins.svg'}")


main()
