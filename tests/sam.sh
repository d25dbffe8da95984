#!/usr/bin/env bash
# SAM's own tools with this repository: the same commands as on AWS.
#   tests/sam.sh [CASE ...]     all cases (validate publish build architecture same_bytes deploy repeat sync), or those
# aws-sam-cli is installed from PyPI, pinned with its dependencies, into .wakebox/sam. Deployments go to the running
# application's AWS endpoint; if there is none, one is started on WAKEBOX_API_PORT (3791) and WAKEBOX_AWS_PORT (4591) and
# stopped at the end. Without PyPI nothing can run; the script says so and succeeds. `./wakebox test --all` runs it.
# Prints PASS or FAIL for each case, and ends with 1 after a FAIL.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly stack=wakebox-sam
work=$(mktemp -d "${TMPDIR:-/tmp}/wakebox-sam.XXXXXX")
# shellcheck source=tests/sam/tools.sh
. tests/sam/tools.sh

finish() {
    [ ! -e "$work/started" ] || ./wakebox down >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT

# ---------------------------------------------------------------- cases

case_validate() {
    said sam validate
    expect_code 0
    expect "is a valid SAM Template"
}

# CONTRIBUTING.md: what bin/publish uploads is deployed from its URL, without a checkout. Its build serves the other cases.
case_publish() {
    local bucket=releases-$stack template tools="$work/tools"
    need_application
    fresh
    mkdir "$tools"
    printf '#!/bin/sh\nexec "%s" -I -m samcli "$@"\n' "$sam_python" >"$tools/sam"
    printf '#!/bin/sh\nexec "%s" -I -m awscli "$@"\n' "$PWD/.wakebox/venv/bin/python" >"$tools/aws"
    chmod +x "$tools"/*
    said env PATH="$tools:$PATH" bin/publish $bucket
    expect_code 2
    expect "publish: the bucket $bucket cannot be read."
    aws s3 mb "s3://$bucket" >/dev/null
    said env PATH="$tools:$PATH" bin/publish $bucket --prefix releases
    expect_code 0
    touch "$work/built"
    template=$(printf '%s\n' "$output" | sed -n 's|^Published .* for us-east-1: s3://||p')
    expect "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/create/review?stackName=wakebox&templateURL="
    said env PATH="$tools:$PATH" bin/publish Wrong.Name
    expect_code 2

    aws cloudformation create-stack --stack-name $stack --template-url "$AWS_ENDPOINT_URL/$template" \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
        --parameters ParameterKey=TrainingInstanceId,ParameterValue=i-0123456789abcdef0 >/dev/null
    aws cloudformation wait stack-create-complete --stack-name $stack
    call
    said aws cloudformation describe-stacks --stack-name $stack \
        --query "Stacks[0].Outputs[?OutputKey=='Version'].OutputValue" --output text
    expect "$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' pom.xml | head -n 1)"
    delete
    aws s3 rb --force "s3://$bucket" >/dev/null
}

# Each function's folder has its handler, and the libraries of its own platform.
case_build() {
    local function handler
    need_build
    for function in $(functions); do
        handler=$(property "$function" Handler)
        handler=$(printf '%s' "${handler%%::*}" | tr . /)
        [ -e ".aws-sam/build/$function/$handler.class" ] || problem "the package of $function has no $handler.class"
        [ -n "$(ls ".aws-sam/build/$function/lib")" ] || problem "the package of $function has no libraries"
    done
    [ "$(functions | wc -l)" -eq "$(find functions -maxdepth 2 -name pom.xml | wc -l)" ] \
        || problem "not every module of functions/ is a function of the built template"
}

# The libraries of the sentence encoder are those of Lambda's platform, whatever computer builds.
case_architecture() {
    need_build
    expect_machine .aws-sam/build 3e 00
    said env ENCODER_PLATFORM=linux-aarch64 "$sam_python" -I -m samcli build ClassifierPredictFunction --build-dir "$work/arm64"
    expect_code 0
    expect_machine "$work/arm64" b7 00
}

# The processor in the header of an ELF file, two bytes.
expect_machine() {
    local library found
    for library in "$1"/ClassifierPredictFunction/encoder/*.so; do
        found=$(od -An -t x1 -j 18 -N 2 "$library" | xargs)
        [ "$found" = "$2 $3" ] || problem "$library is for the processor $found, not $2 $3"
    done
}

# A function's package has the same bytes when it is built again, in another directory and by another Maven run. Two
# functions, one with the sentence encoder and one without, represent all: the same two rules of the Makefile build them.
case_same_bytes() {
    local copy="$work/another place" function
    need_build
    mkdir -p "$copy"
    tar -c --exclude target --exclude .wakebox --exclude .aws-sam --exclude .git . | tar -x -C "$copy"
    for function in StatusFunction ClassifierPredictFunction; do
        # Builds the modules of these functions only, in one Maven run.
        (cd "$copy" && MAKEFLAGS='FUNCTIONS=functions/status\ functions/classifier-predict' sam build "$function") \
            >"$work/output" 2>&1 \
            || problem "sam build $function fails in a copy of the checkout:" "$(tail -n 20 "$work/output")"
        diff -r ".aws-sam/build/$function" "$copy/.aws-sam/build/$function" >"$work/output" 2>&1 \
            || problem "two builds of $function differ:" "$(head -n 20 "$work/output")"
    done
    rm -rf "$copy"
}

# The whole life cycle of a stack, twice with one name.
case_deploy() {
    need_build
    need_application
    fresh
    # shellcheck disable=SC2034 # counts
    for life in first second; do
        deploy TrainingInstanceId=i-0123456789abcdef0
        expect "CREATE_COMPLETE"
        expect "ApiUrl"
        expect_deployed 30 arm64
        call

        deploy TrainingInstanceId=i-0123456789abcdef0 LogRetentionDays=7 Architecture=x86_64
        expect "UPDATE_COMPLETE"
        expect_deployed 7 x86_64
        call

        delete
    done
}

# Removes what a case that failed has left.
fresh() {
    aws cloudformation delete-stack --stack-name $stack
    aws cloudformation wait stack-delete-complete --stack-name $stack
    remove_retained
}

delete() {
    said sam delete --no-prompts --stack-name $stack
    expect_code 0
    expect "Deleted successfully"
    if aws cloudformation describe-stacks --stack-name $stack >/dev/null 2>&1; then
        problem "the stack $stack is still there"
    fi
    remove_retained
}

# docs/deploy.md: a first deployment that fails leaves no resource whose name the next one needs.
case_repeat() {
    local left
    need_build
    need_application
    fresh
    awk '{ print } /^Resources:/ {
        print "  Fails:\n    Type: AWS::IAM::Policy\n    DependsOn: [DataBucket, JobsTable, StatusFunction]"
        print "    Properties:\n      PolicyName: fails\n      Roles: [no-such-role]"
        print "      PolicyDocument: { Version: \"2012-10-17\", Statement: [{ Effect: Deny, Action: s3:*, Resource: arn:aws:s3:::none }] }"
    }' .aws-sam/build/template.yaml >.aws-sam/build/failing.yaml
    # SAM looks for its configuration next to the template.
    said sam deploy --template .aws-sam/build/failing.yaml --config-file "$PWD/samconfig.toml" --stack-name $stack \
        --no-confirm-changeset --parameter-overrides TrainingInstanceId=i-0123456789abcdef0
    rm .aws-sam/build/failing.yaml
    expect_code 1
    expect "ROLLBACK_COMPLETE"
    # SAM breaks its words at the width of a column.
    said aws cloudformation describe-stack-events --stack-name $stack --query 'StackEvents[].ResourceStatusReason' --output text
    expect "no-such-role"
    left=$(retained)
    [ -z "$left" ] || problem "the failed deployment leaves $left"
    aws cloudformation delete-stack --stack-name $stack

    deploy TrainingInstanceId=i-0123456789abcdef0
    expect "CREATE_COMPLETE"
    call
    delete
}

deploy() {
    said sam deploy --stack-name $stack --no-confirm-changeset --parameter-overrides "$@"
    expect_code 0
    expect "Changeset created successfully"
}

# expect_deployed DAYS ARCHITECTURE: checks the parameters of the last deployment.
expect_deployed() {
    local days architecture
    days=$(aws logs describe-log-groups --log-group-name-prefix "/aws/lambda/$stack-status" \
        --query 'logGroups[0].retentionInDays' --output text)
    [ "$days" = "$1" ] || problem "the logs of $stack-status are kept for $days days instead of $1"
    architecture=$(aws lambda get-function-configuration --function-name $stack-status --query 'Architectures[0]' --output text)
    [ "$architecture" = "$2" ] || problem "$stack-status is on $architecture instead of $2"
}

# Runs the uploaded package from its bucket with the deployed environment, in its own JVM.
call() {
    local function=$stack-status code
    rm -rf "$work/deployed"
    mkdir "$work/deployed"
    code=$(aws lambda get-function --function-name $function --query Code.Location --output text)
    curl -fsS -o "$work/deployed.zip" "$code" || problem "the deployed package cannot be fetched from $code"
    (cd "$work/deployed" && "$JAVA_HOME/bin/jar" -xf "$work/deployed.zip")
    (
        bucket=$(aws lambda get-function-configuration --function-name $function \
            --query Environment.Variables.BUCKET --output text)
        export BUCKET=$bucket
        "$JAVA_HOME/bin/java" -cp "$work/deployed:$work/deployed/lib/*" tests/sam/Invoke.java \
            "$(aws lambda get-function-configuration --function-name $function --query Handler --output text)" \
            <events/status-get.json >"$work/output" 2>"$work/errors"
    ) || problem "the deployed function fails:" "$(tail -n 5 "$work/errors")"
    output=$(cat "$work/output")
    expect '"statusCode":200'
    expect sleeping
}

# docs/operations.md: the leftovers of a stack must be deleted before the next stack with its name.
remove_retained() {
    local name
    for name in $(retained); do
        case $name in
            s3:*) aws s3 rb --force "s3://${name#s3:}" >/dev/null ;;
            table:*) aws dynamodb delete-table --table-name "${name#table:}" >/dev/null ;;
        esac
    done
}

retained() {
    aws s3api list-buckets --query "Buckets[?starts_with(Name, '$stack-')].Name" --output text | tr '\t' '\n' | sed -n 's/^./s3:&/p'
    aws dynamodb list-tables --query "TableNames[?starts_with(@, '$stack-')]" --output text | tr '\t' '\n' | sed -n 's/^./table:&/p'
}

# `sam sync` deploys a change in 90 seconds, and doesn't copy the checkout: its build would leave the copy in TMPDIR.
case_sync() {
    local seconds copies
    need_build
    need_application
    fresh
    mkdir "$work/tmp"
    (
        while [ -d "$work/tmp" ]; do
            find "$work/tmp" -maxdepth 3 -name mvnw >>"$work/copies" 2>/dev/null || true
            sleep 1
        done
    ) &
    seconds=$SECONDS
    # Its one question, whether the stack is for development, has no option.
    said env TMPDIR="$work/tmp" "$sam_python" -I -m samcli sync --no-watch --stack-name $stack \
        --parameter-overrides TrainingInstanceId=i-0123456789abcdef0 <<<y
    seconds=$((SECONDS - seconds))
    rm -rf "$work/tmp"
    expect_code 0
    expect "Stack creation succeeded"
    copies=$(cat "$work/copies")
    [ -z "$copies" ] || problem "sam sync copied the checkout: $copies"
    delete
    echo "    sam sync took $seconds s"
    [ $seconds -le 90 ] || problem "sam sync took $seconds s; it may take 90"
}

# ---------------------------------------------------------------- all of it

set_up_sam || {
    echo "sam not run here: without aws-sam-cli there is nothing to test."
    exit 0
}
[ $# -gt 0 ] || set -- validate publish build architecture same_bytes deploy repeat sync
run_cases sam "$@"
