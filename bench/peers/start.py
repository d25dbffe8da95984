"""training/training.json created, through SQS, with boto3: starts the training instance if a run has claimed it."""

import json
import os

import boto3
from botocore.exceptions import ClientError

BUCKET = os.environ["BUCKET"]
INSTANCE = os.environ["TRAINING_INSTANCE_ID"]
s3 = boto3.client("s3")
ec2 = boto3.client("ec2")


def start():
    status = json.loads(s3.get_object(Bucket=BUCKET, Key="status.json")["Body"].read())
    if status.get("dev_mode") or status["status"] != "active":
        return "Nothing to do."
    try:
        s3.head_object(Bucket=BUCKET, Key="training/training.json")
    except ClientError as e:
        if e.response["Error"]["Code"] == "404":
            return "Nothing to run."
        raise
    reservations = ec2.describe_instances(InstanceIds=[INSTANCE])["Reservations"]
    state = reservations[0]["Instances"][0]["State"]["Name"]
    if state == "stopping":
        raise RuntimeError("The training instance is still stopping.")
    ec2.start_instances(InstanceIds=[INSTANCE])
    return "Instance started."


def handler(event, context):
    failures = []
    for message in event["Records"]:
        try:
            for record in json.loads(message["body"])["Records"]:
                if record["eventName"].startswith("ObjectCreated:"):
                    print(start())
        except Exception as e:
            print(e)
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}
