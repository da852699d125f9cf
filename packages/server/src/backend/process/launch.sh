# Runs the agent host of one incarnation and writes down what became of it.
# usage: launch.sh <run folder> <program> [argument...]
run=$1
shift

# An incarnation is launched once: only the first launcher creates the claim.
(set -C && : >"$run/claim") 2>/dev/null || exit 0

# The host gets the signal too; this shell stays to record its end.
trap : TERM INT HUP

"$@" &
host=$!

read -r stat <"/proc/$host/stat"
read -r boot_id </proc/sys/kernel/random/boot_id
# After the name in parentheses the state is field 3, so the start time, field 22, is the 20th.
set -f
# shellcheck disable=SC2086
set -- ${stat##*) }
printf '%s %s %s\n' "$host" "${20}" "$boot_id" >"$run/process"

wait "$host"
code=$?
while kill -0 "$host" 2>/dev/null; do
  wait "$host"
  code=$?
done
printf '%s\n' "$code" 2>/dev/null >"$run/exit"
