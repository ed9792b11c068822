import { expect, it } from 'vitest'
import { windowFileType, windowHeaders, windowPolicy } from '../../shared/window-files.ts'

it('the window’s policy lets in what the build made, and nothing else', () => {
  expect(windowPolicy.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
})

it('every file comes under that policy, is of the type it says, and stays in no cache', () => {
  expect(windowHeaders).toEqual({
    'content-security-policy': windowPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  })
})

it.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['index-1.js', 'text/javascript; charset=utf-8'],
  ['index.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ['a.b.png', 'image/png'],
  ['page.html.exe', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
])('%s is %s', (name, type) => {
  expect(windowFileType(name)).toBe(type)
})
