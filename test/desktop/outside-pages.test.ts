import { expect, it } from 'vitest'
import { createOutsidePages } from '../../electron/desktop/outside-pages.ts'
import type { Handlers } from '../../shared/contract.ts'
import { adaSignIn } from '../api/fake-service.ts'

it.each([
  'https://console.cloud.google.com/auth/clients?project=x',
  'https://accounts.google.com/o/oauth2/v2/auth?client_id=1',
  'https://mail.google.com/mail/u/ada@example.com/#all/18c2f0a1b2c3d4e5',
])('opens %s', (url) => {
  expect(createOutsidePages().check(url)).toBe(url)
})

it.each([
  'http://accounts.google.com/',
  'https://accounts.google.com.evil.example/',
  'https://evil.example/?https://accounts.google.com/',
  'https://accounts.google.com@evil.example/',
  'https://user:secret@accounts.google.com/',
  'https://user@accounts.google.com/',
  'https://:secret@accounts.google.com/',
  'https://accounts.google.com:8443/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ms-settings:privacy',
  'smb://host/share',
  '\\\\host\\share',
  'not an address',
])('does not open %s', (url) => {
  expect(() => createOutsidePages().check(url)).toThrow('Mailtide opens no such page')
})

it('opens the consent page of a sign-in that was begun here, wherever it is, and nothing like it', async () => {
  const pages = createOutsidePages()
  const url = 'http://127.0.0.1:4711/auth?state=abc'
  const begun = async () => ({ ...adaSignIn, url })
  const handlers = pages.remembering({ signInBegin: begun, accountsReauth: begun } as unknown as Handlers)
  expect(() => pages.check(url)).toThrow()
  expect(await handlers.signInBegin({})).toMatchObject({ url })
  expect(pages.check(url)).toBe(url)
  expect(() => pages.check(`${url}d`)).toThrow()
})
