#!/usr/bin/env bash
# Compares webhook egress with `curl | aws s3 cp -`: the same output, from the same server into the same S3, in turns.
# ./wakebox bench egress [bytes] [rounds], which has created the built modules and .wakebox/venv
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bytes=${1:-2000000000}
rounds=${2:-3}
java=$(bin/find-jdk)/bin/java
classpath='functions/egress-worker/target/classes:functions/egress-worker/target/lib/*'
work=$(mktemp -d)
port=4699
platform=4698
aws() {
    .wakebox/venv/bin/python -I -m awscli "$@"
}
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT

export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
"${java}c" -proc:none -d "$work" -cp "$classpath" bench/egress/Copy.java
env -u AWS_ENDPOINT_URL GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 TMPDIR="$work" \
    STATE_DIR="$work/state" S3_DATA_DIR="$work/s3" .wakebox/venv/bin/python -m ministack >"$work/ministack.log" 2>&1 &
"$java" -Xmx64m -cp "local/platform/target/classes:$classpath" \
    dev.wakebox.local.platform.PlatformStandIn $platform >"$work/platform.log" 2>&1 &
until curl -fso /dev/null "$AWS_ENDPOINT_URL/_ministack/health" && [ -s "$work/platform.log" ]; do sleep 0.5; done

aws s3 mb s3://bench >/dev/null
aws dynamodb create-table --table-name jobs --billing-mode PAY_PER_REQUEST \
    --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH >/dev/null
token=$(aws secretsmanager create-secret --name token --query ARN --output text --secret-string \
    "{\"access_token\": {\"private_key\": \"stand-in-private-key\", \"base_api_url\": \"http://127.0.0.1:$platform\"}}")

wakebox() {
    BUCKET=bench JOBS_TABLE=jobs EGRESS_QUEUE_URL=$AWS_ENDPOINT_URL/000000000000/none PLATFORM_TOKEN_ARN=$token \
        PLATFORM_TRUSTED_HOSTS=127.0.0.1 "$java" -Xmx128m -XX:+UseSerialGC -cp "$work:$classpath" Copy "$1" | grep -v '^{'
}
peer() {
    curl -sf -H 'Authorization: Bearer stand-in-private-key' "http://127.0.0.1:$platform/v1/jobs/$1/output" \
        | aws s3 cp - "s3://bench/labels/$1.json" --expected-size "$bytes" >/dev/null
}
# Runs one of them for a new job and prints wall and CPU time in seconds.
timed() {
    local id=$1-$2
    curl -sf -X PUT "http://127.0.0.1:$platform/stand-in/jobs/$id?bytes=$bytes" >/dev/null
    { TIMEFORMAT='%R %U %S'; time "$1" "$id" >"$work/said"; } 2>"$work/time"
    [ "$(aws s3 ls "s3://bench/labels/$id.json" | awk '{print $3}')" = "$bytes" ] || { echo "$id is not stored completely" >&2; exit 1; }
    aws s3 rm "s3://bench/labels/$id.json" >/dev/null
    awk '{printf "%.1f %.1f", $1, $2 + $3}' "$work/time"
}
echo "$bytes bytes; wall and CPU time from the start of each process to its end, load $(cut -d' ' -f1 /proc/loadavg)"
best=9
for round in $(seq "$rounds"); do
    result=$(timed wakebox "$round") # not in a here-string, which would hide a failure
    read -r ours cpu <<<"$result"
    said=$(cat "$work/said")
    echo "wakebox             $ours s, $cpu s of CPU, $said"
    [ "${said//[!0-9]/}" -le 300 ] || { echo "The limit is 300 MB." >&2; exit 1; }
    result=$(timed peer "$round")
    read -r theirs cpu <<<"$result"
    ratio=$(awk -v a="$ours" -v b="$theirs" 'BEGIN {printf "%.2f", a / b}')
    best=$(awk -v a="$ratio" -v b="$best" 'BEGIN {print a < b ? a : b}')
    echo "curl | aws s3 cp -  $theirs s, $cpu s of CPU; wakebox takes $ratio of it"
done
awk -v best="$best" 'BEGIN {exit best > 1.2}' || { echo "The limit is 1.20 of the peer's time; the best of $rounds rounds was $best." >&2; exit 1; }
