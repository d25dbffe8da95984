cp events/ec2-run-local.json job.json
./wakebox run job.json --name job-20261129-121500-000
