export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path d="M16 11.5v3.2M14.6 16.6l-4.2 3.6M17.4 16.6l4.2 3.6" />
      <circle className="logo-lead" cx="16" cy="8.5" r="4" />
      <circle className="logo-a" cx="8.2" cy="22.3" r="4" />
      <circle className="logo-b" cx="23.8" cy="22.3" r="4" />
    </svg>
  )
}
