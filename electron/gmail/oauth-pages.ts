import { createHash } from 'node:crypto'

/** What the browser shows when it comes back from Google. */
export interface Page {
  readonly status: number
  readonly title: string
  /** Paragraphs. */
  readonly text: readonly string[]
  readonly isGood: boolean
}

const style =
  ':root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}body{max-width:34rem;margin:12vh auto;padding:0 1.5rem}h1{font-size:1.5rem;line-height:1.25}h1::before{content:attr(data-sign);margin-right:.5rem}p{margin:.7rem 0;overflow-wrap:anywhere}'

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** The page as HTML. It has no scripts, loads nothing, and everything in it that came from outside is text. */
export function pageHtml({ title, text, isGood }: Page): string {
  const paragraphs = text.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Mailtide</title>
<style>${style}</style>
</head>
<body>
<main>
<h1 data-sign="${isGood ? '✓' : '!'}">${escaped(title)}</h1>
${paragraphs}
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
  text: [`Mailtide now has access to ${email}, to read it and nothing else.`, 'You can close this page.'],
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
  text: [
    `${message}.`,
    ...(remedy === undefined ? [] : [`What to do: ${remedy}.`]),
    'Nothing was stored. You can close this page.',
  ],
  isGood: false,
})

export const foreignPage: Page = {
  status: 400,
  title: 'This is not the sign-in that Mailtide waits for',
  text: [
    'The address belongs to another sign-in, or to one that is over.',
    'Begin again in Mailtide, and use the newest page of Google’s.',
  ],
  isGood: false,
}

export const nothingPage: Page = {
  status: 404,
  title: 'There is nothing here',
  text: ['Mailtide waits at another address for the end of a sign-in.'],
  isGood: false,
}
