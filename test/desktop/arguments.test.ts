import { expect, it } from 'vitest'
import { errandOf } from '../../electron/desktop/arguments.ts'

it.each([
  [['/opt/Mailtide/mailtide'], true, { kind: 'app', isHidden: false }],
  [['/opt/Mailtide/mailtide', '--hidden'], true, { kind: 'app', isHidden: true }],
  [['electron', '.'], false, { kind: 'app', isHidden: false }],
  [['electron', '.', '--no-sandbox', '--hidden'], false, { kind: 'app', isHidden: true }],
  [['mailtide', '-psn_0_12345'], true, { kind: 'app', isHidden: false }],
  [['mailtide', 'status', '--json'], true, { kind: 'command', words: ['status', '--json'] }],
  [['mailtide', '--json', 'status'], true, { kind: 'command', words: ['--json', 'status'] }],
  [
    ['mailtide', '--no-sandbox', '--remote-debugging-port=0', 'accounts', 'list'],
    true,
    { kind: 'command', words: ['accounts', 'list'] },
  ],
  [['mailtide', '--version'], true, { kind: 'command', words: ['--version'] }],
  [['mailtide', '--no-sandbox', '-h'], true, { kind: 'command', words: ['-h'] }],
  // A word that is no verb is a mistake to be told, not a reason to open a window.
  [['mailtide', 'statsu'], true, { kind: 'command', words: ['statsu'] }],
])('%j (packed: %s) is %j', (argv, isPackaged, errand) => {
  expect(errandOf(argv, isPackaged)).toEqual(errand)
})
