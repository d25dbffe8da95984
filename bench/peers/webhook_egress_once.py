"""POST /job-complete as webhook_egress.py, with a record of each job in DynamoDB, as our function keeps it: a second webhook stores nothing."""

import json
import os
import time

import boto3

import webhook_egress
from webhook_egress import answer

TABLE = os.environ["JOBS_TABLE"]
jobs = boto3.client("dynamodb")


def handler(event, context):
    key = {"id": {"S": f"egress#{json.loads(event['body'])['id']}"}}
    try:
        jobs.put_item(
            TableName=TABLE,
            Item={**key, "state": {"S": "waiting"}, "at": {"N": str(int(time.time()))}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except jobs.exceptions.ConditionalCheckFailedException:
        return answer(202, {"message": "The output is being stored."})
    stored = webhook_egress.handler(event, context)
    jobs.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"S": "stored" if stored["statusCode"] == 200 else "failed"}},
    )
    return stored
