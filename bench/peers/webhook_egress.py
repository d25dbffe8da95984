"""POST /job-complete with boto3: copies the output of a job of the platform to the bucket."""

import json
import os

import boto3
import urllib3

BUCKET = os.environ["BUCKET"]
s3 = boto3.client("s3")
http = urllib3.PoolManager()
token = json.loads(
    boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["PLATFORM_TOKEN_ARN"])["SecretString"]
)["access_token"]


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def handler(event, context):
    webhook = json.loads(event["body"])
    if webhook.get("event") != "job_complete" or "id" not in webhook:
        return answer(400, {"message": "id is missing"})
    job, key = webhook["id"], f"labels/{webhook['id']}.json"
    headers = {"Authorization": f"Bearer {token['private_key']}"}
    base = f"{token['base_api_url']}/v1/jobs/{job}"
    metadata = json.loads(http.request("GET", base, headers=headers).data)["job"]
    output = http.request("GET", f"{base}/output", headers=headers, preload_content=False)
    if output.status != 200:
        return answer(502, {"message": f"The platform answered {output.status}."})
    s3.upload_fileobj(output, BUCKET, key, ExtraArgs={
        "ContentType": output.headers.get("Content-Type", "application/json"), "Metadata": {"state": metadata["state"]}})
    output.release_conn()
    return answer(200, {"id": job, "bucket": BUCKET, "key": key})
