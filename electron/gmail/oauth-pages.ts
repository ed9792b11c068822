import { createHash } from 'node:crypto'

/** What the browser shows when it comes back from Google. */
export interface Page {
  readonly status: number
  readonly title: string
  /** Paragraphs. */
  readonly text: readonly string[]
  /** What the person can do, without a full stop. */
  readonly remedy?: string | undefined
  /** The last paragraph: whether anything is left to do on this page. */
  readonly end: string
  readonly isGood: boolean
}

const style = [
  ':root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif;--page:#f1f4f8;--card:#fff;--text:#1b2330;--soft:#566070;--line:#d9dfe7;--link:#0b57d0;--sign:#b45309}',
  '@media(prefers-color-scheme:dark){:root{--page:#11151b;--card:#1a2029;--text:#e8ecf2;--soft:#a5afbd;--line:#323b48;--link:#9dc1ff;--sign:#f0b429}}',
  '.good{--sign:#15803d}',
  '@media(prefers-color-scheme:dark){.good{--sign:#4ade80}}',
  '*{box-sizing:border-box}',
  'body{margin:0;padding:12vh 1rem 2rem;background:var(--page);color:var(--text)}',
  'main{max-width:34rem;margin:auto;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}',
  '.of{margin:0 0 1.25rem;color:var(--soft);font-size:.9rem}',
  'h1{display:flex;gap:.7rem;align-items:flex-start;margin:0 0 1rem;font-size:1.45rem;line-height:1.9rem}',
  'h1::before{content:attr(data-sign);flex:none;width:1.9rem;height:1.9rem;border-radius:50%;background:var(--sign);color:var(--card);text-align:center;font-weight:700;font-size:1.15rem}',
  'p{margin:.7rem 0;overflow-wrap:anywhere}',
  '.todo{padding-left:.9rem;border-left:3px solid var(--sign)}',
  '.end{margin-bottom:0;color:var(--soft)}',
  'a{color:var(--link)}',
  '@media(max-width:30rem){body{padding:1rem}main{padding:1.25rem}}',
].join('')

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Text with the pages of Google's that a remedy names as links: the person is in a browser already. */
const linked = (text: string): string =>
  escaped(text).replaceAll(
    /https:\/\/(?:console\.cloud|myaccount)\.google\.com\/[\w/-]*\w/g,
    (address) => `<a href="${address}">${address}</a>`,
  )

/** The page as HTML. It has no scripts, loads nothing, and everything in it that came from outside is text. */
export function pageHtml({ title, text, remedy, end, isGood }: Page): string {
  const paragraphs = [
    ...text.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    ...(remedy === undefined ? [] : [`<p class="todo">What to do: ${linked(remedy)}.</p>`]),
    `<p class="end">${escaped(end)}</p>`,
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Mailtide</title>
<style>${style}</style>
</head>
<body>
<main${isGood ? ' class="good"' : ''}>
<p class="of">Mailtide</p>
<h1 data-sign="${isGood ? '✓' : '!'}">${escaped(title)}</h1>
${paragraphs.join('\n')}
</main>
</body>
</html>
`
}

/** The address of the page holds the code: it goes to no other page, no cache and no frame. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Connection: 'close',
}

export const signedInPage = (email: string): Page => ({
  status: 200,
  title: 'Signed in',
  text: [
    `Mailtide now has access to ${email}. It can read the mail, but cannot change, send or delete anything.`,
    'The download starts automatically, and Mailtide shows its progress.',
  ],
  end: 'You can close this page.',
  isGood: true,
})

export const failedPage = ({
  message,
  remedy,
}: {
  readonly message: string
  readonly remedy?: string | undefined
}): Page => ({
  status: 200,
  title: 'Not signed in',
  text: [`${message}.`],
  remedy,
  end: 'Nothing was stored. You can close this page.',
  isGood: false,
})

export const foreignPage: Page = {
  status: 400,
  title: 'Mailtide is not waiting for this page',
  text: ['It belongs to another sign-in, or to one that has ended.'],
  remedy: 'Start again in Mailtide, and use the newest Google page',
  end: 'You can close this page.',
  isGood: false,
}

export const nothingPage: Page = {
  status: 404,
  title: 'There is nothing here',
  text: ['Mailtide is waiting for the sign-in at another address.'],
  end: 'You can close this page.',
  isGood: false,
}
