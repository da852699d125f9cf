/** Line icons on a grid of 16, drawn with the text's colour. */
const paths = {
  idle: 'M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10Z',
  working: 'M8 2.75A5.25 5.25 0 1 1 2.75 8',
  team: 'M8 2.5v3.2M8 5.7 4 9.8M8 5.7l4 4.1M4 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4ZM12 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z',
  hand: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.7-.8 1.3M8 11.4v.1',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  alert: 'M8 2.3 14.3 13H1.7L8 2.3ZM8 6.3v3.2M8 11.3v.1',
  cross: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6 6l4 4M10 6l-4 4',
  slash: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 12.2l8.4-8.4',
  pause: 'M5.75 3.5v9M10.25 3.5v9',
  moon: 'M13.3 9.6A5.7 5.7 0 0 1 6.4 2.7a5.7 5.7 0 1 0 6.9 6.9Z',
  start: 'M8 13.5V6M4.8 8.8 8 5.6l3.2 3.2M3.5 2.5h9',
  plug: 'M6 2v3M10 2v3M4.5 5h7v2.5a3.5 3.5 0 0 1-7 0V5ZM8 11v3',
  check: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.4 8.2l1.8 1.8 3.4-3.8',
  stack: 'M3 4.5h10M3 8h10M3 11.5h6.5',
  close: 'm4 4 8 8M12 4l-8 8',
  chevronDown: 'm4 6.2 4 4 4-4',
  chevronRight: 'm6.2 4 4 4-4 4',
  back: 'M9.8 4 5.8 8l4 4',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  fit: 'M2.8 6V2.8H6M10 2.8h3.2V6M13.2 10v3.2H10M6 13.2H2.8V10',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M3.5 12.5l.9-.9M11.6 4.4l.9-.9',
  screen: 'M2.2 3.2h11.6v7.6H2.2zM6 13.4h4M8 10.8v2.6',
  send: 'M8 13V3.4M4 7.2l4-4 4 4',
  stop: 'M4.5 4.5h7v7h-7z',
  retry: 'M13 3v3.2H9.8M12.7 6.2A5.2 5.2 0 1 0 13.2 8',
  trash: 'M3 4.5h10M6.3 4.3V2.8h3.4v1.5M4.4 4.5l.6 8.7h6l.6-8.7',
  out: 'M5 11 11 5M6 5h5v5',
  into: 'M11 5 5 11M10 11H5V6',
  copy: 'M6 5.8h7.2v7.4H6zM10 5.8V2.8H2.8v7.4H6',
  exit: 'M6.5 2.8H3v10.4h3.5M10 5l3 3-3 3M13 8H6.2',
  chart: 'M5.8 2.5h4.4v3.2H5.8zM2 10.3h4.2v3.2H2zM9.8 10.3H14v3.2H9.8zM8 5.7V8M4.1 10.3V8h7.8v2.3',
  list: 'M2.5 4h2M7 4h6.5M4.5 8h2M9 8h4.5M4.5 12h2M9 12h4.5',
  settings:
    'M2.5 4.5h5.8M11.7 4.5h1.8M2.5 11.5h1.8M7.7 11.5h5.8M10 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4ZM6 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z',
  ledger: 'M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2',
  lock: 'M4 7.2h8v6H4zM5.6 7.2V5.2a2.4 2.4 0 0 1 4.8 0v2',
  key: 'M5.5 13.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM7.5 8.4l5.2-5.6M10.4 5.3l1.9 1.8',
  person: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3 13.4c.5-2.3 2.4-3.6 5-3.6s4.5 1.3 5 3.6',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  shield: 'M8 2.2 13 4v3.8c0 3-2 5-5 6-3-1-5-3-5-6V4l5-1.8ZM5.8 7.9l1.6 1.6 2.9-3.1',
  refresh:
    'M2.9 6.3A5.4 5.4 0 0 1 12.6 5M13.1 9.7A5.4 5.4 0 0 1 3.4 11M12.9 2.3V5h-2.7M3.1 13.7V11h2.7',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, spin = false }: { name: IconName; spin?: boolean }) {
  return (
    <svg
      className={spin ? 'icon icon-spin' : 'icon'}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
