# Notes the start of an attempt's program, and whether another attempt of its task is still alive; then becomes it.
# usage: noted.sh <file of starts> <program> [argument...]
starts=$1
shift

overlap=alone
for environ in $(grep -lsz "^TASK_ID=$TASK_ID\$" /proc/[0-9]*/environ); do
  attempt=$(grep -asz '^TASK_ATTEMPT=' "$environ" | tr -d '\0')
  if [ -n "$attempt" ] && [ "$attempt" != "TASK_ATTEMPT=$TASK_ATTEMPT" ]; then
    overlap="beside-$attempt"
  fi
done

printf '%s %s %s %s\n' "$TASK_ID" "$TASK_ATTEMPT" "$$" "$overlap" >>"$starts"
sync "$starts"
exec "$@"
