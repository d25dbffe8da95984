cp events/ec2-run-local.json first-run.json
