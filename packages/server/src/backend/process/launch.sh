# Runs the agent host of one incarnation and writes down what became of it.
# usage: launch.sh <run folder> [--sandboxed] <program> [argument...]
run=$1
shift

# An incarnation is launched once: only the first launcher creates the claim.
(set -C && : >"$run/claim") 2>/dev/null || exit 0

# The host gets the signal too; this shell stays to record its end.
trap : TERM INT HUP

# What is in memory belongs in no file, and no program may take all the files of the machine.
ulimit -c 0
ulimit -n 16384 2>/dev/null

# In a sandbox the host is a grandchild: bubblewrap tells the pid of its first process, whose child it is.
find_inside() {
  while kill -0 "$child" 2>/dev/null; do
    first=
    while read -r name value; do
      [ "$name" = '"child-pid":' ] && first=${value%,}
    done <"$run/inside"
    [ -n "$first" ] && read -r host _ 2>/dev/null <"/proc/$first/task/$first/children"
    [ -n "$host" ] && return
    sleep 0.01
  done
}

host=
if [ "$1" = --sandboxed ]; then
  shift
  : >"$run/inside"
  "$@" 3>"$run/inside" &
  child=$!
  find_inside
else
  "$@" &
  child=$!
  host=$child
fi

if read -r stat 2>/dev/null <"/proc/${host:-none}/stat"; then
  read -r boot_id </proc/sys/kernel/random/boot_id
  # After the name in parentheses the state is field 3, so the start time, field 22, is the 20th.
  set -f
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  printf '%s %s %s\n' "$host" "${20}" "$boot_id" >"$run/process"
fi

wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
printf '%s\n' "$code" 2>/dev/null >"$run/exit"
