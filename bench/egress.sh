#!/usr/bin/env bash
# Webhook egress beside `curl | aws s3 cp -`: the same output, from the same server into the same S3, one after the other.
# bench/egress.sh [bytes] [rounds]     needs ./mvnw package, .wakebox/venv, and an AWS CLI ($AWS, default aws)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bytes=${1:-2000000000}
rounds=${2:-1}
aws=${AWS:-aws}
java=$(bin/find-jdk)/bin/java
work=$(mktemp -d)
port=4699
platform=4698
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT

export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
"${java}c" -proc:none -d "$work" -cp 'functions/webhook-egress/target/classes:functions/webhook-egress/target/lib/*' bench/egress/Copy.java
env -u AWS_ENDPOINT_URL GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 TMPDIR="$work" \
    STATE_DIR="$work/state" S3_DATA_DIR="$work/s3" .wakebox/venv/bin/python -m ministack >"$work/ministack.log" 2>&1 &
"$java" -Xmx64m -cp 'local/platform/target/classes:functions/webhook-egress/target/lib/*' \
    dev.wakebox.local.platform.PlatformStandIn $platform >"$work/platform.log" 2>&1 &
until curl -fso /dev/null "$AWS_ENDPOINT_URL/_ministack/health" && [ -s "$work/platform.log" ]; do sleep 0.5; done

$aws s3 mb s3://bench >/dev/null
$aws dynamodb create-table --table-name jobs --billing-mode PAY_PER_REQUEST \
    --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH >/dev/null
$aws secretsmanager create-secret --name token --secret-string \
    "{\"access_token\": {\"private_key\": \"stand-in-private-key\", \"base_api_url\": \"http://127.0.0.1:$platform\"}}" >/dev/null

seconds() {
    local began
    began=$(date +%s.%N)
    "$@"
    awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }'
}
peer() {
    curl -sf -H 'Authorization: Bearer stand-in-private-key' "http://127.0.0.1:$platform/v1/jobs/$1/output" \
        | $aws s3 cp - "s3://bench/peer.json" --expected-size "$bytes" >/dev/null
}
for round in $(seq "$rounds"); do
    curl -sf -X PUT "http://127.0.0.1:$platform/stand-in/jobs/job-$round?bytes=$bytes" >/dev/null
    BUCKET=bench JOBS_TABLE=jobs EGRESS_QUEUE_URL=$AWS_ENDPOINT_URL/000000000000/none PLATFORM_TOKEN_SECRET=token \
        PLATFORM_TRUSTED_HOSTS=127.0.0.1 "$java" -Xmx128m -XX:+UseSerialGC \
        -cp "$work:functions/webhook-egress/target/classes:functions/webhook-egress/target/lib/*" Copy "job-$round" | grep -v '^{'
    $aws s3 ls "s3://bench/labels/job-$round.json" | awk '{print "stored  " $3 " bytes"}'
    $aws s3 rm "s3://bench/labels/job-$round.json" >/dev/null
    echo "curl | aws s3 cp -  $(seconds peer "job-$round") s"
    $aws s3 rm s3://bench/peer.json >/dev/null
done
