OLD=itdp-videos BUCKET=wakebox-data-000000000000-us-east-1
aws s3 mb s3://$OLD
echo a,b | aws s3 cp - s3://$OLD/csvs/1.csv
