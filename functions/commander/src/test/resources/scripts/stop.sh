wakebox_run="${HOME:-/root}/.wakebox/"'i-0aaaaaaaaaaaaaaaa/night/0'
wakebox_boot="$wakebox_run/boot-$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
mkdir -p "$wakebox_run" 2>/dev/null
if [ -e "$wakebox_run/exit_code" ] || { ! mkdir "$wakebox_boot" 2>/dev/null && [ -d "$wakebox_boot" ]; }; then
echo 'These commands were sent twice: their output is with the command that came first.' >&2
while [ -d "$wakebox_boot" ] && [ ! -e "$wakebox_run/exit_code" ]; do sleep 2; done
exit "$(cat "$wakebox_run/exit_code" 2>/dev/null || echo 194)"
fi
trap 'wakebox_status=$?; if [ "$wakebox_status" -eq 194 ]; then rmdir "$wakebox_boot" 2>/dev/null || :; else { echo "$wakebox_status" > "$wakebox_run/status" && mv "$wakebox_run/status" "$wakebox_run/exit_code"; } 2>/dev/null || :; fi; [ "$wakebox_status" -eq 0 ] || [ "$wakebox_status" -eq 194 ] || echo "Command $wakebox_command of 1 failed with exit code $wakebox_status." >&2' EXIT
trap 'trap - EXIT; exit 143' TERM
set -e
wakebox_command=1
eval '/opt/job/run --s3_bucket example-results --s3_prefix runs/retried'
wakebox_status=$?; [ "$wakebox_status" -eq 0 ] || exit "$wakebox_status"
