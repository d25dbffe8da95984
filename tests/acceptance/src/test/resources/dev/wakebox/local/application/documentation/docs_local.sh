INSTANCE=$(./wakebox status --json | jq -r .training.instance)
aws lambda invoke --function-name wakebox-reaper --payload '{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}' answer.json
