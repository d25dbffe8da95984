cp events/ec2-run-simple.json execution.json
aws scheduler create-schedule --name my-schedule --schedule-expression 'rate(1 days)' --flexible-time-window Mode=OFF \
    --target '{"Arn": "arn:aws:states:us-east-1:000000000000:stateMachine:old", "RoleArn": "arn:aws:iam::000000000000:role/schedules", "Input": "{}"}'
