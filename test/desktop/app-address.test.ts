import { expect, it } from 'vitest'
import { isAppAddress, isOwnPage, pathIn } from '../../electron/desktop/app-address.ts'
import { createCrashCount } from '../../electron/desktop/crashes.ts'

it.each(['app://bundle/index.html', 'app://bundle/', 'app://bundle/index.html#logs'])('%s is ours', (address) => {
  expect(isAppAddress(address)).toBe(true)
})

it.each([
  'app://bundle.evil.example/',
  'app://bundle@evil.example/',
  'app://user@bundle/',
  'app://bundle:1/',
  'app://other/',
  'apps://bundle/',
  'https://bundle/',
  'file:///app://bundle/',
  'about:blank',
  'null',
  '',
])('%s is not ours', (address) => {
  expect(isAppAddress(address)).toBe(false)
})

it.each([
  ['app://bundle/', ['index.html']],
  ['app://bundle', ['index.html']],
  ['app://bundle/index.html?x=1#logs', ['index.html']],
  ['app://bundle/assets/index-D4f_9x.js', ['assets', 'index-D4f_9x.js']],
])('%s is a file of the window', (address, path) => {
  expect(pathIn(address)).toEqual(path)
})

it.each([
  'app://other/index.html',
  'app://bundle/%2e%2e%2fmain/main.js',
  'app://bundle/..%5Cmain.js',
  'app://bundle/a//b',
  'app://bundle/a/',
  'app://bundle/.env',
  'app://bundle/assets/.hidden',
  'app://bundle/C:/windows/win.ini',
  'app://bundle/index.html::$DATA',
  'app://bundle/a%00b',
  'app://bundle/%',
  'app://bundle/a b',
])('%s leads nowhere', (address) => {
  expect(pathIn(address)).toBeNull()
})

it('an address cannot climb out of the folder', () => {
  expect(pathIn('app://bundle/../../etc/passwd')).toEqual(['etc', 'passwd'])
  expect(pathIn('app://bundle/%2e%2e/%2E%2E/etc/passwd')).toEqual(['etc', 'passwd'])
})

it('a page that crashes is loaded again, and one that does so twice in a minute is not', () => {
  const crashes = createCrashCount()
  expect([0, 59_999, 90_000, 200_000].map((now) => crashes.crashed(now))).toEqual(['reload', 'ask', 'ask', 'reload'])
})

it('only the outermost frame of our own page speaks to the app', () => {
  const url = 'app://bundle/index.html'
  expect(isOwnPage({ url, parent: null })).toBe(true)
  expect(isOwnPage({ url, parent: {} })).toBe(false)
  expect(isOwnPage({ url: 'https://bundle/index.html', parent: null })).toBe(false)
  expect(isOwnPage(null)).toBe(false)
})
