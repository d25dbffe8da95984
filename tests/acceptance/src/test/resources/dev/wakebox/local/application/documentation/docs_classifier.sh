echo '{}' >mentor.json
./wakebox train-mentor 64f0c2a9d1e8b7350a4c19e2
