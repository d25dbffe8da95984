"""Evaluates policies where MiniStack itself does not. docs/local.md describes the effects."""

import base64
import contextvars
import dataclasses
import functools
import json
import logging
import os
import threading
import time
from email.utils import parseaddr
from urllib.parse import parse_qs

from ministack import app as ministack
from ministack.core import iam_actions
from ministack.core import iam_evaluator as evaluator
from ministack.core import sigv4
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_account_id, get_region, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region
from ministack.services import eventbridge, iam, lambda_svc, s3, sns, sqs, stepfunctions

AUTHORIZE = "/_wakebox/authorize"
EVERYTHING = [evaluator.parse_policy_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})]
POLLING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
SECONDS_A_DECISION_HOLDS = 5
TARGETS = {
    "lambda": ("lambda:InvokeFunction", lambda_svc.function_policy_for_arn),
    "sns": ("sns:Publish", sns.topic_policy_for_arn),
    "sqs": ("sqs:SendMessage", sqs.queue_policy_for_arn),
}

logger = logging.getLogger("ministack")


class Record:
    """Appends the decisions of roles' own policies to the file that the user named, equal ones once a second."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1, encoding="utf-8") if path else None
        self.seen = set()
        self.roles = set()
        self.lock = threading.Lock()

    def add(self, context, result):
        if not self.file or context.principal_type != "AssumedRole":
            return
        asked = {"role": context.principal_arn.split("/")[1], "action": context.action,
                 "resource": context.resource_arn, "decision": result.decision,
                 "context": context.service_context, "secure": context.secure_transport}
        text = json.dumps(asked, sort_keys=True, default=str)
        with self.lock:
            if asked["role"] not in self.roles:
                self.roles.add(asked["role"])
                role = iam._roles.get_scoped(context.principal_account, None, asked["role"]) or {}
                self.file.write(json.dumps({"role": asked["role"], "policies": role.get("InlinePolicies") or {}}) + "\n")
            now = int(time.time())
            if (text, now) not in self.seen:
                self.seen.add((text, now))
                self.file.write('{"at": %.3f, %s\n' % (time.time(), text[1:]))


record = Record(os.environ.get("WAKEBOX_PERMISSIONS"))
evaluated = evaluator.evaluate
evaluated_resource = evaluator.evaluate_resource_policy
resolved = evaluator.resolve_principal
of_a_resource = contextvars.ContextVar("wakebox_of_a_resource", default=False)


def evaluate(context, policies, *limits):
    result = evaluated(context, policies, *limits)
    if not of_a_resource.get():
        record.add(context, result)
    return result


@functools.wraps(evaluated_resource)
def evaluate_resource_policy(*given, **named):
    token = of_a_resource.set(True)
    try:
        return evaluated_resource(*given, **named)
    finally:
        of_a_resource.reset(token)


@functools.wraps(resolved)
def resolve_principal(*given, **named):
    """The root user may do everything that no resource policy denies."""
    principal = resolved(*given, **named)
    if isinstance(principal, evaluator.PrincipalInfo) and principal.policies is None:
        return dataclasses.replace(principal, policies=EVERYTHING)
    return principal


# ---------------------------------------------------------------- Parts of a request that MiniStack's evaluator does not check

tag_context = iam_actions.request_tag_context


def request_context(service, action, body, *rest):
    context = tag_context(service, action, body, *rest)
    return {**context, **events_context(read(body).get("Entries", []))} if action == "events:PutEvents" else context


def read(body):
    """The members of a request; empty if it is not a JSON object, which the service itself refuses."""
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {}


resource_of = iam_actions.extract_resource_arn


def resource_arn(service, *request):
    """Accepts a parameter's ARN as its name, and checks operations on a log stream against the stream and those that move
    messages against their dead-letter queue, as AWS does."""
    arn = resource_of(service, *request)
    if service == "sqs" and arn == "*":
        return read(request[3]).get("SourceArn", arn)
    if ":parameter/arn:" in arn:
        return arn[arn.index(":parameter/arn:") + len(":parameter/"):]
    if service == "logs" and ":log-group:" in arn:
        return arn + ":log-stream:" + read(request[3]).get("logStreamName", "")
    return arn


def events_context(entries):
    """The condition keys of PutEvents."""
    return {key: values[0] if len(values) == 1 else values
            for key, member in (("events:source", "Source"), ("events:detail-type", "DetailType"))
            if (values := sorted({entry[member] for entry in entries if entry.get(member)}))}


mail_checked = ministack._enforce_ses_v2


def check_mail(method, path, headers, body, query_params, request_id):
    """Checks sending against the sender's identity and the configuration set, with the sender's address."""
    if method != "POST" or not path.rstrip("/").endswith("/outbound-emails"):
        return mail_checked(method, path, headers, body, query_params, request_id)
    mail = read(body)
    address = parseaddr(mail.get("FromEmailAddress", ""))[1]
    of_account = "arn:aws:ses:%s:%s:" % (get_region(), get_account_id())
    resources = [mail.get("FromEmailAddressIdentityArn") or of_account + "identity/" + address]
    if mail.get("ConfigurationSetName"):
        resources.append(of_account + "configuration-set/" + mail["ConfigurationSetName"])
    for resource in resources:
        refused = ministack._enforce_data_plane("sesv2", "ses:SendEmail", headers, query_params, request_id, resource,
                                                {"ses:FromAddress": address}, named_resource=resource)
        if refused:
            return refused
    return None


answered_s3 = s3.handle_request


async def answer_s3(method, path, headers, body, query_params, *rest, **named):
    """Answers that an object is missing only to callers who may list its bucket, as S3 does; others get AccessDenied."""
    answer = await answered_s3(method, path, headers, body, query_params, *rest, **named)
    bucket, _, key = path.strip("/").partition("/")
    if answer[0] == 404 and method in ("GET", "HEAD") and key and extract_access_key_id(headers, query_params):
        refusal = ministack._enforce_data_plane("s3", "s3:ListBucket", headers, query_params, "", "arn:aws:s3:::" + bucket)
        if refusal:
            return refusal if method == "GET" else (refusal[0], refusal[1], b"")
    return answer


# ---------------------------------------------------------------- Services that act with a role


def denial(role_arn, session, action, resource, policy=None, context=None):
    """Why a role that a service has assumed lacks the permission, or None if it has it."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    asked = evaluator.EvalContext(
        principal_arn="arn:aws:sts::%s:assumed-role/%s/%s" % (account, name, session), principal_type="AssumedRole",
        principal_account=account, action=action, resource_arn=resource, region=get_region(), secure_transport=True,
        service_context=context or {})
    result = evaluator.evaluate(asked, evaluator._gather_role_policies(name, account))
    if policy is not None:
        result = evaluator.combine_resource_policy(result, asked, *policy)
    if result.decision == "Allow":
        return None
    return identity_denial_message(action, asked.principal_arn, resource, result.decision == "Deny")


running_execution = contextvars.ContextVar("wakebox_execution", default=None)
executed_task = stepfunctions._execute_task
invoked_resource = stepfunctions._invoke_resource


def execute_task(state, given, execution, context):
    running_execution.set(execution)
    return executed_task(state, given, execution, context)


def invoke_resource(resource, given):
    """Checks a task against the permissions of the state machine's role."""
    require_for_task(resource, given)
    return invoked_resource(resource, given)


def require_for_task(resource, given):
    if "states:::lambda:invoke" in resource or ":function:" in resource:
        function = given.get("FunctionName", "") if "states:::lambda:invoke" in resource else resource
        require_of_state_machine("Lambda.AWSLambdaException", "lambda:InvokeFunction", function,
                                 lambda_svc.function_policy_for_arn(function))
    elif resource.startswith("arn:aws:states:::events:putEvents"):
        for entry in given.get("Entries", []):
            bus = entry.get("EventBusName") or "default"
            if not bus.startswith("arn:"):
                bus = "arn:aws:events:%s:%s:event-bus/%s" % (get_region(), get_account_id(), bus)
            require_of_state_machine("EventBridge.AccessDeniedException", "events:PutEvents", bus, None,
                                     events_context([entry]))
    else:
        require("States.TaskFailed", "roles.py knows no permission that the task %s needs." % resource)


waiting_token = contextvars.ContextVar("wakebox_waiting_token", default=None)
invoked_with_callback = stepfunctions._invoke_with_callback
called_lambda = stepfunctions._call_lambda


def invoke_with_callback(resource, given, token, state):
    """The same for a task that waits for its token. MiniStack ignores that its function fails; Step Functions fails the task then."""
    require_for_task(resource, given)
    before = waiting_token.set(token)
    try:
        return invoked_with_callback(resource, given, token, state)
    finally:
        waiting_token.reset(before)


def call_lambda(function, event):
    try:
        return called_lambda(function, event)
    except stepfunctions._ExecutionError as failure:
        token = waiting_token.get()
        if token:
            stepfunctions._send_task_failure({"taskToken": token, "error": failure.error, "cause": failure.cause})
        raise


def require_of_state_machine(error, action, resource, policy=None, context=None):
    """Fails the running task with the error if the state machine's role lacks the permission."""
    execution = running_execution.get()
    role = stepfunctions._state_machines[execution.get("role_of") or execution["stateMachineArn"]]["roleArn"]
    require(error, denial(role, execution["executionArn"].rsplit(":", 1)[-1], action, resource, policy, context))


def require(error, refusal):
    if refusal:
        raise stepfunctions._ExecutionError(error, refusal)


# ---------------------------------------------------------------- Services that act as principals

invoked_target = eventbridge._invoke_target


def invoke_target(target, event, rule, view=None):
    """Checks a delivery of EventBridge against the target's own policy, for this rule."""
    arn = target.get("Arn", "")
    service = arn.split(":")[2] if arn.count(":") > 4 else ""
    if service in TARGETS:
        action, policy_of = TARGETS[service]
        policy = (policy_of(arn) or ("", None))[0]
        asked = evaluator.EvalContext(
            principal_arn="*", principal_type="Service", principal_account="", action=action, resource_arn=arn,
            region=get_region(), secure_transport=True,
            service_context={"aws:sourcearn": rule.get("Arn"), "aws:sourceaccount": get_account_id()})
        if evaluator.evaluate_resource_policy(policy, asked, service="events.amazonaws.com").decision != "Allow":
            logger.warning("EventBridge: events.amazonaws.com is not authorized to perform: %s on resource: %s for the"
                           " rule %s, because its policy does not allow it", action, arn, rule.get("Arn"))
            return
    invoked_target(target, event, rule, view)


# ---------------------------------------------------------------- Lambda with a function's role

mapped = lambda_svc._iter_all_esms
decided = {}


def iterate_mappings():
    """Polls only the queues for which the function's role has the permissions, as Lambda does."""
    for account, region, mapping in mapped():
        source = mapping.get("EventSourceArn", "")
        if ":sqs:" not in source or may_poll(account, region, mapping, source):
            yield account, region, mapping


def may_poll(account, region, mapping, queue):
    function = lambda_svc._functions.get_scoped(account, region, mapping["FunctionName"])
    role = ((function or {}).get("config") or {}).get("Role")
    if not role:
        return True
    allowed, until = decided.get((role, queue), (True, 0))
    if time.monotonic() < until:
        return allowed
    refusals = [refusal for action in POLLING
                if (refusal := denial(role, mapping["FunctionName"], action, queue))]
    for refusal in refusals:
        logger.warning("Lambda: %s", refusal)
    decided[role, queue] = (not refusals, time.monotonic() + SECONDS_A_DECISION_HOLDS)
    return not refusals


# ---------------------------------------------------------------- EC2 and Systems Manager, which call from another process


time_failure = sigv4.request_time_failure
own_clock = contextvars.ContextVar("wakebox_own_clock", default=False)


def request_time_failure(signature):
    """Skips the check of a request's time, which EC2 and Systems Manager do themselves, with a clock that a fault may change."""
    return None if own_clock.get() else time_failure(signature)


def authorize(asked):
    """Checks the permissions of an operation for its signer: None, or code and message of the refusal."""
    headers = {name.lower(): value for name, value in asked["headers"]}
    query = parse_qs(asked["query"], keep_blank_values=True)
    key = extract_access_key_id(headers, query)
    set_request_account_id(ministack._request_account_scope(key))
    set_request_region(extract_region(headers, query))
    evaluator.pin_request_origin("127.0.0.1", True)
    evaluator.pin_signed_request(asked["method"], asked["path"], query,
                                 [(name.lower().encode(), value.encode()) for name, value in asked["headers"]])
    evaluator.pin_signed_body(base64.b64decode(asked["body"]))
    for check in asked["checks"]:
        denied = evaluator.enforce(key, check["action"], asked["service"], get_region(), check["resource"],
                                   check["context"])
        if isinstance(denied, evaluator.AuthError):
            return {"code": denied.code, "message": denied.message}
        if denied:
            return {"message": identity_denial_message(check["action"], denied.principal_arn, check["resource"],
                                                       denied.decision == "Deny")}
    return None


def answering(app):
    async def answer(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != AUTHORIZE:
            return await app(scope, receive, send)
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        token = own_clock.set(True)
        try:
            refusal = json.dumps(authorize(json.loads(body)) or {}).encode()
        finally:
            own_clock.reset(token)
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": refusal})

    return answer


def install():
    evaluator.evaluate = evaluate
    evaluator.evaluate_resource_policy = evaluate_resource_policy
    evaluator.resolve_principal = resolve_principal
    sigv4.request_time_failure = request_time_failure
    iam_actions.request_tag_context = request_context
    iam_actions.extract_resource_arn = resource_arn
    ministack._enforce_ses_v2 = check_mail
    s3.handle_request = answer_s3
    stepfunctions._execute_task = execute_task
    stepfunctions._invoke_resource = invoke_resource
    stepfunctions._invoke_with_callback = invoke_with_callback
    stepfunctions._call_lambda = call_lambda
    eventbridge._invoke_target = invoke_target
    lambda_svc._iter_all_esms = iterate_mappings
    ministack.app = answering(ministack.app)
