# Answers what it was asked, half of it at once and half of it a moment later.
# usage: worker.sh <seconds>
printf 'done: '
sleep "$1"
cat
