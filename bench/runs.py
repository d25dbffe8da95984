"""Measures the Lambda time of runs, and how soon their end is noticed. Called by `./wakebox bench runs [MINUTES ...]`.

One execution per job length runs at the same time on the running application. The billed time is that of Lambda: an
invocation's duration and its start-up, rounded up to a millisecond. The peer is the original's poller, which sleeps inside
Lambda until the job has ended and so bills the whole job.
"""

import json
import pathlib
import re
import sys
import time

import botocore.session

FUNCTIONS = {
    "EC2StarterFromAMI": "ec2-starter-from-ami",
    "Commander": "commander",
    "EC2Poller": "ec2-poller",
    "RunChecker": "run-checker",
    "EC2Stopper": "ec2-stopper",
}
REPORT = re.compile(r"^REPORT .*\tBilled Duration: (\d+) ms(?:.*\tInit Duration: ([\d.]+) ms)?", re.M)

minutes = sorted({float(argument) for argument in sys.argv[1:]} or {1, 5, 10, 15})
run = pathlib.Path(".wakebox/run")
ready = json.loads((run / "ready.json").read_text())


def client(service):
    return botocore.session.get_session().create_client(
        service,
        region_name=ready["region"],
        endpoint_url=ready["aws"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def reports(function):
    log = run / "logs" / (function + ".log")
    found = REPORT.findall(log.read_text(errors="replace")) if log.exists() else []
    return [int(billed) + float(init or 0) for billed, init in found]


sfn, ssm = client("stepfunctions"), client("ssm")
before = {function: len(reports(function)) for function in FUNCTIONS.values()}
stamp = int(time.time())
executions = {}
for length in minutes:
    document = {
        "commands": [f"sleep {round(length * 60)}"],
        "instance_parameters": {
            "ImageId": "ami-linux",
            "InstanceType": "t4g.small",
            "IamInstanceProfile": {"Name": "bench"},
        },
        "run_options": {"timeout_s": round(length * 60) + 600, "ii_terminate_instance": True},
    }
    started = sfn.start_execution(
        stateMachineArn=ready["outputs"]["EC2RunStateMachineArn"],
        name=f"bench-{length:g}-{stamp}".replace(".", "-"),
        input=json.dumps(document),
    )
    executions[length] = started["executionArn"]
print(f"{len(minutes)} runs are on their way; the longest takes {max(minutes):g} minutes.", file=sys.stderr)

rows = []
for length, arn in executions.items():
    while (end := sfn.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(2)
    if end["status"] != "SUCCEEDED":
        sys.exit(f"The run of {length:g} minutes ended {end['status']}: {end.get('cause', '')}")
    output = json.loads(end["output"])
    invocation = ssm.get_command_invocation(
        CommandId=output["command_id"], InstanceId=output["instance_parameters"]["InstanceId"]
    )
    ended = botocore.utils.parse_timestamp(invocation["ExecutionEndDateTime"])
    entered = [
        (event["stateEnteredEventDetails"]["name"], event["timestamp"])
        for page in sfn.get_paginator("get_execution_history").paginate(executionArn=arn)
        for event in page["events"]
        if "stateEnteredEventDetails" in event
    ]
    noticed = next(when for name, when in entered if name == "RunChecker")
    rows.append((length, [name for name, _ in entered], (noticed - ended).total_seconds()))

billed = {}
for state, function in FUNCTIONS.items():
    new = reports(function)[before[function]:]
    billed[state] = sum(new) / len(new) / 1000

print("| job, minutes | invocations | billed, s | billed, s a minute | of the original's | end noticed after, s |")
print("|---|---|---|---|---|---|")
for length, states, noticed in rows:
    invoked = [state for state in states if state in FUNCTIONS]
    seconds = sum(billed[state] for state in invoked)
    share = 100 * seconds / (length * 60)
    print(f"| {length:g} | {len(invoked)} | {seconds:.2f} | {seconds / length:.2f} | {share:.1f} % | {noticed:.1f} |")
