"""EventBridge Scheduler as a task of Step Functions, and its universal targets, which MiniStack lacks. docs/local.md names them."""

import json
import logging
import os
import time

import roles
from ministack.core import iam_evaluator as evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, iam, scheduler, stepfunctions, sts

TASK = "arn:aws:states:::aws-sdk:scheduler:"
UNIVERSAL = ":scheduler:::aws-sdk:"
PRINCIPAL = "scheduler.amazonaws.com"

logger = logging.getLogger("ministack")

def invoke_resource(resource, given):
    """createSchedule, updateSchedule and deleteSchedule, with the permissions of the state machine's role."""
    if not resource.startswith(TASK):
        return invoked_resource(resource, given)
    operation, name = resource[len(TASK):], given.get("Name", "")
    action = "scheduler:" + operation[0].upper() + operation[1:]
    schedule = "arn:aws:scheduler:%s:%s:schedule/%s/%s" % (
        get_region(), get_account_id(), given.get("GroupName", "default"), name)
    roles.require_of_state_machine("Scheduler.SchedulerException", action, schedule)
    if operation in ("createSchedule", "updateSchedule"):
        role = given["Target"]["RoleArn"]
        roles.require_of_state_machine("Scheduler.SchedulerException", "iam:PassRole", role, None,
                                       {"iam:passedtoservice": PRINCIPAL})
        if not trusted(role):
            roles.require("Scheduler.ValidationException", "The execution role you provide must allow AWS EventBridge"
                          " Scheduler to assume the role.")
        write = scheduler._create_schedule if operation == "createSchedule" else scheduler._update_schedule
        status, _, body = write(name, given)
    elif operation == "deleteSchedule":
        status, _, body = scheduler._delete_schedule(name, {"groupName": given.get("GroupName", "default")})
    else:
        roles.require("States.Runtime", "schedules.py knows no operation %s." % operation)
    answer = json.loads(body) if body else {}
    if status >= 400:
        roles.require("Scheduler." + answer.get("__type", "SchedulerException"), answer.get("Message", ""))
    return answer


def trusted(role_arn):
    """Whether Scheduler may assume the role, in this account."""
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    asked = evaluator.EvalContext(
        principal_arn="*", principal_type="Service", principal_account="", action="sts:AssumeRole", resource_arn=role_arn,
        region=get_region(), secure_transport=True, service_context={"aws:sourceaccount": get_account_id()})
    return role is not None and evaluator.evaluate_resource_policy(
        role["AssumeRolePolicyDocument"], asked, service=PRINCIPAL).decision == "Allow"


def credentials(role_arn):
    """Key, secret and token of a new session of the role."""
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    arn, _ = sts._assumed_role_arn(role_arn, "scheduler")
    sts.register_session(key, {
        "Arn": arn, "UserId": sts._role_id(role_arn) + ":scheduler", "SecretAccessKey": secret, "SessionToken": token,
        "Expiration": time.time() + 900, "AccountId": role_arn.split(":")[4], "PrincipalType": "AssumedRole"})
    return key, secret, token


def invoke_target(target, event, rule, view=None):
    """A universal target: the operation of a service, with the permissions of the schedule's role."""
    arn = target.get("Arn", "")
    if UNIVERSAL not in arn:
        return invoked_target(target, event, rule, view)
    import boto3  # takes a second, which the emulator's start does not have to wait for
    from botocore import xform_name
    from botocore.exceptions import ClientError

    service, operation = arn.split(UNIVERSAL)[1].split(":")
    try:
        if not trusted(target["RoleArn"]):
            raise ValueError("%s does not trust %s" % (target["RoleArn"], PRINCIPAL))
        key, secret, token = credentials(target["RoleArn"])
        client = boto3.client(service, endpoint_url=os.environ["WAKEBOX_GATEWAY"], region_name=get_region(),
                              aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)
        getattr(client, xform_name(operation))(**json.loads(target.get("Input") or "{}"))
    except (ClientError, ValueError) as e:
        logger.warning("EventBridge Scheduler: the target of the schedule %s failed: %s", rule["Name"], e)
    return None


def install():
    global invoked_resource, invoked_target
    invoked_resource, invoked_target = stepfunctions._invoke_resource, eventbridge._invoke_target
    stepfunctions._invoke_resource = invoke_resource
    eventbridge._invoke_target = invoke_target
