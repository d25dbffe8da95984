"""GET /classifier/questions with boto3, for a mentor without a model: the path up to the model."""

import json
import os

import boto3

BUCKET = os.environ["MODELS_BUCKET"]
s3 = boto3.client("s3")


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def handler(event, context):
    query = event.get("queryStringParameters") or {}
    mentor = query.get("mentor")
    if not mentor:
        return answer(400, {"message": "mentor is missing"})
    try:
        model = s3.get_object(Bucket=BUCKET, Key=f"{mentor}/model")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return answer(404, {"message": f"No models found for mentor {mentor}."})
    return answer(200, {"bytes": len(model)})
