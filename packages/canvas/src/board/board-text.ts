export const boardText = {
  title: 'Tasks',
  lead: 'Everything that is asked of somebody, by where it stands. What ended long ago is in the chat and the work of its workspace.',
  of: 'Of',
  everybody: 'Everybody',
  columns: {
    queued: 'Queued',
    waiting: 'Waiting',
    working: 'In progress',
    failed: 'Failed',
    done: 'Done',
  },
  empty: {
    queued: 'Nothing is queued.',
    waiting: 'Nothing waits.',
    working: 'Nobody works.',
    failed: 'Nothing failed.',
    done: 'Nothing is done yet.',
  },
  fromTo: (from: string, to: string) => `${from} → ${to}`,
  silent: 'no sign of life for',
  more: (n: number) => `${n} more`,
} as const
