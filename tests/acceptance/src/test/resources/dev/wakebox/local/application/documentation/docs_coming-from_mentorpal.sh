echo '{"name": "X-My-Firewall", "value": "sesame"}' >header.json
