"""Distributed Maps in JSONata, their stop and their limit of failures, and nested executions, as AWS has them. docs/local.md names them."""

import contextvars
import copy
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for

import roles
from ministack.core.responses import get_account_id, get_region, new_uuid, now_iso
from ministack.services import stepfunctions

NESTED = "arn:aws:states:::states:startExecution.sync:2"
SDK = "arn:aws:states:::aws-sdk:sfn:"
RESOURCES = {"listMapRuns": "ExecutionArn", "describeMapRun": "MapRunArn", "describeExecution": "ExecutionArn"}
COUNTS = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten", "failuresNotRedrivable",
          "pendingRedrive")
SECONDS_BETWEEN_POLLS = 0.2
MOST_AT_ONCE = 1000

maps = {}


class MapRun:
    """One Map Run: its children, its counts, and whether it ends early."""

    def __init__(self, parent, label, items, at_once, tolerated):
        machine = parent["stateMachineArn"].split(":")[6]
        prefix = "arn:aws:states:%s:%s:" % (get_region(), get_account_id())
        self.parent = parent
        self.children_of = "%sexecution:%s/%s:" % (prefix, machine, label)
        self.tolerated = tolerated
        self.lock = threading.Lock()
        self.children = []
        counts = dict.fromkeys(COUNTS, 0)
        counts.update(total=len(items), pending=len(items))
        self.view = {
            "mapRunArn": "%smapRun:%s/%s:%s" % (prefix, machine, label, new_uuid()), "executionArn": parent["executionArn"],
            "status": "RUNNING", "startDate": now_iso(), "maxConcurrency": at_once, "toleratedFailurePercentage": 0.0,
            "toleratedFailureCount": tolerated, "itemCounts": counts, "executionCounts": dict(counts), "redriveCount": 0,
            "_stateMachineArn": "%sstateMachine:%s/%s" % (prefix, machine, label)}
        stepfunctions._map_runs[self.view["mapRunArn"]] = self.view
        maps.setdefault(parent["executionArn"], []).append(self)

    def count(self, before, after):
        for counts in (self.view["itemCounts"], self.view["executionCounts"]):
            counts[before] -= 1
            counts[after] += 1

    def start(self, given):
        """The next child, or None when no further one may start."""
        with self.lock:
            if self.view["status"] != "RUNNING":
                return None
            name = new_uuid()
            child = {
                "executionArn": self.children_of + name, "stateMachineArn": self.view["_stateMachineArn"], "name": name,
                "status": "RUNNING", "startDate": now_iso(), "stopDate": None, "input": json.dumps(given),
                "inputDetails": {"included": True}, "output": None, "outputDetails": {"included": True},
                "mapRunArn": self.view["mapRunArn"], "events": [], "testCase": "", "mockAttempts": {},
                "role_of": self.parent["stateMachineArn"]}
            self.children.append(child)
            stepfunctions._executions[child["executionArn"]] = child
            self.count("pending", "running")
            return child

    def ended(self, child, status, **result):
        with self.lock:
            if child["status"] != "RUNNING":
                return
            child.update(status=status, stopDate=now_iso(), **result)
            self.count("running", status.lower())
            exceeded = self.view["executionCounts"]["failed"] > self.tolerated
        if exceeded:
            self.stop("FAILED")

    def stop(self, status):
        """Ends the Map Run: no further child starts, and those that run are aborted, with what they wait for."""
        with self.lock:
            if self.view["status"] != "RUNNING":
                return
            self.view.update(status=status, stopDate=now_iso())
            running = [child for child in self.children if child["status"] == "RUNNING"]
            for child in running:
                child.update(status="ABORTED", stopDate=now_iso())
                self.count("running", "aborted")
        for child in running:
            nested = child.get("nested")
            if nested:
                stepfunctions._stop_execution({"executionArn": nested, "error": "States.TaskFailed", "cause": "The Map Run was stopped."})


def field(state, name, kind, given, ctx, otherwise):
    return stepfunctions._jsonata_state_field(state, name, kind, given, ctx) if name in state else otherwise


def run_map(state, given, effective, iterator, execution, ctx):
    """A Distributed Map in JSONata. The items of its input or of an object in S3; the results in their order."""
    if stepfunctions._state_query_language(state, ctx) != "JSONata":
        return ran_map(state, given, effective, iterator, execution, ctx)
    roles.running_execution.set(execution)
    if "ItemReader" in state:
        reader = state["ItemReader"]
        place = stepfunctions._apply_jsonata_template(reader["Arguments"], given, ctx)
        roles.require_of_state_machine("States.ItemReaderFailed", "s3:GetObject", "arn:aws:s3:::%s/%s" % (place["Bucket"], place["Key"]))
        items = stepfunctions._parse_reader_items(
            stepfunctions._s3_object_text(place["Bucket"], place["Key"]), reader.get("ReaderConfig") or {})
    else:
        items = field(state, "Items", "array", given, ctx, given)
    at_once = int(field(state, "MaxConcurrency", "number", given, ctx, 0))
    percentage = float(field(state, "ToleratedFailurePercentage", "number", given, ctx, 0))
    # Without a limit, each failure is one too many. With both limits, the lower one counts.
    limits = [int(field(state, "ToleratedFailureCount", "number", given, ctx, 0))] if "ToleratedFailureCount" in state else []
    limits += [int(len(items) * percentage / 100)] if "ToleratedFailurePercentage" in state else []
    roles.require_of_state_machine("States.Runtime", "states:StartExecution", execution["stateMachineArn"])
    run = MapRun(execution, state.get("Label") or new_uuid(), items, at_once, min(limits, default=0))
    results = [None] * len(items)

    def run_child(index, item):
        item_ctx = {**ctx, "variables": copy.deepcopy(ctx["variables"]), "Map": {"Item": {"Index": index, "Value": item}}}
        chosen = stepfunctions._apply_jsonata_template(state["ItemSelector"], given, item_ctx) if "ItemSelector" in state else item
        child = run.start(chosen)
        if child is None:
            return
        try:
            results[index] = stepfunctions._run_sub_machine(iterator["States"], iterator["StartAt"], chosen, child, item_ctx)
            run.ended(child, "SUCCEEDED", output=json.dumps(results[index]))
        except stepfunctions._ExecutionError as failure:
            run.ended(child, "FAILED", error=failure.error, cause=failure.cause)
        except Exception as failure:
            run.ended(child, "FAILED", error="States.Runtime", cause=str(failure))

    if execution["status"] != "RUNNING":
        run.stop("ABORTED")
    with ThreadPoolExecutor(max_workers=min(at_once or MOST_AT_ONCE, len(items), MOST_AT_ONCE) or 1) as pool:
        wait_for([pool.submit(contextvars.copy_context().run, run_child, index, item) for index, item in enumerate(items)])
    with run.lock:
        if run.view["status"] == "RUNNING":
            run.view.update(status="SUCCEEDED", stopDate=now_iso())
    if run.view["status"] == "FAILED":
        raise stepfunctions._ExecutionError("States.ExceedToleratedFailureThreshold",
                                            "The specified tolerated failure threshold was exceeded")
    output = stepfunctions._apply_jsonata_output(state, given, ctx, result=results, default=results)
    stepfunctions._apply_state_assign(state, given, ctx, result=results)
    return output, stepfunctions._next_or_end(state)


def invoke_resource(resource, given):
    """Nested executions and questions about executions, with the permissions of the state machine's role."""
    if resource == NESTED:
        return run_nested(given)
    if resource.startswith(SDK) and resource[len(SDK):] in RESOURCES:
        operation = resource[len(SDK):]
        roles.require_of_state_machine(
            "Sfn.SfnException", "states:" + operation[0].upper() + operation[1:], given.get(RESOURCES[operation], ""))
        return stepfunctions._invoke_aws_sdk_integration(resource, given)
    return invoked_resource(resource, given)


def run_nested(given):
    """Starts an execution and waits for its end. It is stopped when the execution that waits for it is."""
    waiting = roles.running_execution.get()
    machine = given["StateMachineArn"]
    roles.require_of_state_machine("StepFunctions.AccessDeniedException", "states:StartExecution", machine)
    status, _, body = stepfunctions._start_execution(
        {"stateMachineArn": machine, "name": given.get("Name"), "input": json.dumps(given.get("Input", {}))})
    answer = json.loads(body)
    if status >= 400:
        roles.require("StepFunctions.%sException" % answer["__type"].removesuffix("Exception"), answer.get("message") or answer["__type"])
    arn = answer["executionArn"]
    any_of_machine = "%s:*" % machine.replace(":stateMachine:", ":execution:")
    for action in ("states:DescribeExecution", "states:StopExecution"):
        roles.require_of_state_machine("StepFunctions.AccessDeniedException", action, any_of_machine)
    waiting["nested"] = arn
    nested = stepfunctions._executions[arn]
    while nested["status"] == "RUNNING":
        if waiting["status"] != "RUNNING":
            stepfunctions._stop_execution({"executionArn": arn, "error": "States.TaskFailed", "cause": "The task was stopped."})
        time.sleep(SECONDS_BETWEEN_POLLS)
    waiting["nested"] = None
    described = {"ExecutionArn": arn, "Name": nested["name"], "StateMachineArn": machine, "Status": nested["status"],
                 "Input": nested["input"], "StartDate": nested["startDate"], "StopDate": nested["stopDate"]}
    if nested["status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError(
            "States.TaskFailed", json.dumps({**described, "Error": nested.get("error"), "Cause": nested.get("cause")}))
    return {**described, "Input": json.loads(nested["input"]), "Output": json.loads(nested["output"])}


def stop(data):
    """Stops an execution with its Map Runs and the executions that it waits for."""
    answer = stopped(data)
    execution = stepfunctions._executions.get(data.get("executionArn"))
    if answer[0] == 200 and execution["status"] == "ABORTED":
        for run in maps.get(execution["executionArn"], []):
            run.stop("ABORTED")
    return answer


def install():
    global ran_map, invoked_resource, stopped
    ran_map, invoked_resource, stopped = (
        stepfunctions._run_distributed_map, stepfunctions._invoke_resource, stepfunctions._stop_execution)
    stepfunctions._run_distributed_map = run_map
    stepfunctions._invoke_resource = invoke_resource
    stepfunctions._stop_execution = stop
