"""State EC2Poller with boto3: polls the command of a run once."""

import boto3

ssm = boto3.client("ssm")


def handler(event, context):
    try:
        invocation = ssm.get_command_invocation(
            CommandId=event["command_id"], InstanceId=event["instance_parameters"]["InstanceId"]
        )
    except ssm.exceptions.InvocationDoesNotExist:
        return {**event, "ii_pass": False}
    status = invocation["Status"]
    if status in ("Pending", "InProgress", "Delayed"):
        return {**event, "ii_pass": False}
    if status == "Success":
        return {**event, "ii_pass": True}
    return {**event, "ii_pass": False, "failure": {"outcome": "COMMAND_FAILED", "cause": invocation["StatusDetails"]}}
