"""Starts MiniStack with a few differences, so that it behaves as AWS does. docs/local.md names them."""

import json
import re
import runpy
import time
import uuid

import arrays
import roles
import schedules
from hypercorn.config import Config
from jsonata.jexception import JException
from jsonata.timebox import Timebox
from ministack.services import lambda_svc, sqs, stepfunctions

LONGEST_INPUT = 262144
LONGEST_NAME = 80
NO_NAME = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]""")
FAILURE = "functionError"

moves = []
invoked = lambda_svc._execute_function_proxy
started = stepfunctions._start_execution


def check_runaway(timebox):
    """JSONata's limit of one second counts CPU time.

    With the clock time that MiniStack counts, concurrent expressions in the process would time each other out.
    """
    now = time.thread_time()
    timebox.began = getattr(timebox, "began", now)
    if timebox.timeout is not None and (now - timebox.began) * 1000 > timebox.timeout:
        raise JException("D1012", -1, timebox.timeout)


def invoke(func, event, url, request_id):
    """Keeps the errorType of a function's failure, so that the Retry that names it is applied."""
    result = invoked(func, event, url, request_id)
    body = result.get("body")
    if isinstance(body, dict) and list(body) == [FAILURE]:
        return {"body": body[FAILURE], "error": True}
    return result


def start(data):
    """Validates an execution's name and input, and returns the running execution for a repeated start."""
    name, given = data.get("name"), data.get("input", "{}")
    if name is not None and not 1 <= len(name) <= LONGEST_NAME:
        return refused("ValidationException", "Value at 'name' failed to satisfy constraint: Member must have length"
                       " between 1 and %d, has %d" % (LONGEST_NAME, len(name)))
    if name is not None and NO_NAME.search(name):
        return refused("InvalidName", "Invalid Name: '%s'" % name)
    if len(given.encode()) > LONGEST_INPUT:
        return refused("ValidationException", "Value at 'input' failed to satisfy constraint: Member must have length"
                       " less than or equal to %d, has %d" % (LONGEST_INPUT, len(given.encode())))
    try:
        json.loads(given)
    except ValueError:
        return refused("InvalidExecutionInput", "Invalid State Machine Execution Input: the input is not JSON")
    state_machine = data.get("stateMachineArn", "")
    arn = "%s:%s" % (state_machine.replace(":stateMachine:", ":execution:"), name)
    running = stepfunctions._executions.get(arn) if name is not None else None
    if running and running["status"] == "RUNNING" and running["input"] == given:
        return stepfunctions.json_response({"executionArn": arn, "startDate": running["startDate"]})
    return started(data)


def refused(code, message):
    return stepfunctions.error_response_json(code, message, 400)


def start_move(data, _):
    """Moves the messages of a dead-letter queue at once: to the queue that each is from, or to the one that is named."""
    arn = data.get("SourceArn", "")
    source = sqs._queue_by_arn(arn)
    if source is None:
        raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.", 404)
    if not any(arn in queue["attributes"].get("RedrivePolicy", "") for queue in sqs._queues.values()):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    now, waiting = time.time(), list(source["messages"])
    move = {"TaskHandle": str(uuid.uuid4()), "SourceArn": arn, "Status": "COMPLETED", "StartedTimestamp": int(now * 1000),
            "ApproximateNumberOfMessagesToMove": len(waiting), "ApproximateNumberOfMessagesMoved": 0}
    for message in waiting:
        target = sqs._queue_by_arn(data.get("DestinationArn") or message["sys"].get("DeadLetterQueueSourceArn", ""))
        if target is None:
            move.update(Status="FAILED", FailureReason="CouldNotDetermineMessageSource")
            break
        if message["visible_at"] <= now:
            source["messages"].remove(message)
            target["messages"].append({**message, "id": str(uuid.uuid4()), "receive_count": 0, "first_receive_at": None,
                                       "visible_at": now, "receipt_handle": None})
            move["ApproximateNumberOfMessagesMoved"] += 1
    moves.insert(0, move)
    sqs.esm_wake.set()
    return {"TaskHandle": move["TaskHandle"]}


def list_moves(data, _):
    found = [move for move in moves if move["SourceArn"] == data.get("SourceArn")]
    return {"Results": found[:int(data.get("MaxResults", 1))]}


# The system resets connections that wait beyond this number; a burst of requests exceeds the default of 100.
Config.backlog = 1024
Timebox.check_runaway = check_runaway
sqs._HANDLERS.update(StartMessageMoveTask=start_move, ListMessageMoveTasks=list_moves)
lambda_svc._execute_function_proxy = invoke
stepfunctions._start_execution = start
roles.install()
schedules.install()
arrays.install()
runpy.run_module("ministack", run_name="__main__")
