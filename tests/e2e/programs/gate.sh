# Waits until the gate is open, for at most two minutes; then becomes the program.
# usage: gate.sh <file that opens it> <program> [argument...]
gate=$1
shift

tries=0
while [ ! -e "$gate" ] && [ "$tries" -lt 480 ]; do
  tries=$((tries + 1))
  sleep 0.25
done
exec "$@"
