# Works until the gate is open, then answers or fails as it was told.
# Its task: "<gate> <how> <words>", with how being answer, fail, or silent (which shows no progress meanwhile).
read -r gate how words

tries=0
while [ ! -e "$gate" ] && [ "$tries" -lt 600 ]; do
  tries=$((tries + 1))
  [ "$how" = silent ] || printf . >&2
  sleep 0.2
done
[ "$how" != fail ] || { echo "failed as told: $words" >&2; exit 3; }
printf 'done: %s' "$words"
