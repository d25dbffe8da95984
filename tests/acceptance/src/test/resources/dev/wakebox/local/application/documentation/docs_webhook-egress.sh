API=http://127.0.0.1:3000
KEY=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
PLATFORM=$(jq -r .platform .wakebox/run/ready.json)
curl -X PUT "$PLATFORM/stand-in/jobs/016f6063-8ab5-4d6c-9a4e-5a8a0a5e3f2b?bytes=1000"
echo '{"access_token": {"private_key": "x", "token_id": "x", "created_at": "x", "base_api_url": "https://api.voxel51.com"}}' >token.json
