import type { Behaviour } from '../backend/conformance.ts'

/** Each notes the processes that count in `pids`; `$1` is the folder of the incarnation. */
export const behaviours: Record<Behaviour, string> = {
  waits: 'echo $$ >>"$1/pids"; exec sleep 300',
  'prints three lines and waits': 'echo line 1; echo line 2; echo line 3; exec sleep 300',
  'prints a line and ends': 'echo the last words',
  'ends at once': 'echo $$ >>"$1/pids"; exit 3',
  'has a child that ignores TERM': `echo $$ >>"$1/pids"
    (trap '' TERM; sh -c 'echo $PPID >>"$0/pids"' "$1"; while :; do sleep 0.05; done) &
    trap 'exit 0' TERM; wait`,
  'leaves a child in a session of its own': `
    setsid sh -c 'echo $$ >>"$0/pids"; exec sleep 300' "$1" &
    exit 0`,
}
