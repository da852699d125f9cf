type Known = readonly (readonly [RegExp, string])[]

/** The first match counts: browsers name those they descend from, too. */
const browsers: Known = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome without a window'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
]

const systems: Known = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const maxOwnWords = 60

/** A user agent in words: `Firefox on Windows`. What is no browser keeps its own words; undefined without any. */
export function browserName(client: string | null): string | undefined {
  if (!client) return undefined
  const browser = nameIn(browsers, client)
  const system = nameIn(systems, client)
  if (browser && system) return `${browser} on ${system}`
  return browser ?? client.slice(0, maxOwnWords)
}

const nameIn = (known: Known, client: string) =>
  known.find(([pattern]) => pattern.test(client))?.[1]
