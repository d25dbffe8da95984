"""GET /status with boto3: whether the training server is sleeping or active."""

import json
import os

import boto3

BUCKET = os.environ["BUCKET"]
s3 = boto3.client("s3")


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def handler(event, context):
    try:
        status = json.loads(s3.get_object(Bucket=BUCKET, Key="status.json")["Body"].read())["status"]
    except s3.exceptions.NoSuchKey:
        status = "sleeping"
    except Exception as e:
        print(e)
        return answer(500, {"result": "failure", "message": "The status cannot be read."})
    return answer(200, {"result": "success", "status": status})
