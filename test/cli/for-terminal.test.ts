import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forTerminal, jsonForTerminal } from '../../electron/cli/for-terminal.ts'
import { coloured } from '../../electron/cli/paint.ts'
import { AppError } from '../../shared/errors.ts'
import { adaAccount, idle } from '../api/fake-service.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

const obeyed = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const colours = /\u001b\[(?:0|1|2|31)m/g
/** A window title, the clipboard, a cleared screen, a link, the same by one character of C1, and a name from behind. */
const hostile = [
  '\u001b]0;owned\u0007',
  '\u001b]52;c;cm0gLXJmIH4=\u0007',
  '\u001b[2J\u001b[H',
  '\u001b]8;;https://evil.example\u001b\\here',
  '\u009b2J',
  '\u202egnp.exe',
  '\r\u001b[Kmailtide: all is well',
]

describe('a text from outside on a terminal', () => {
  it.each(hostile)('is shown and not obeyed: %j', (text) => {
    expect(forTerminal(`label ${text}`)).not.toMatch(obeyed)
    expect(JSON.parse(jsonForTerminal(JSON.stringify({ text }, null, 2)))).toEqual({ text })
    expect(jsonForTerminal(JSON.stringify({ text }, null, 2))).not.toMatch(obeyed)
  })

  it('forges nothing but a colour, whatever it is, and JSON keeps its value', () => {
    const piece = fc.oneof(
      fc.constantFrom(...hostile, '\u001b[31m', '\u001b[38;5;1m', '\n', '\t'),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        expect(forTerminal(text).replaceAll(colours, '')).not.toMatch(obeyed)
        expect(JSON.parse(jsonForTerminal(JSON.stringify([text])))).toEqual([text])
      }),
    )
  })

  it('leaves our own colours, lines and columns as they are', () => {
    const text = `${coloured.strong('a')}\t${coloured.bad('b')}\n${coloured.dim('ü 한 👩‍👩‍👧')}\n`
    expect(forTerminal(text)).toBe(text)
  })
})

it.each(['status', 'accounts list', 'logs', 'check', 'status --json'])(
  '%s shows a hostile address as text',
  async (line) => {
    const { paths, service, logging } = await startHost()
    const email = `${hostile.join('')} eve@example.com`
    Object.assign(service, { snapshot: () => ({ ...idle, accounts: [{ ...adaAccount, email }] }) })
    logging.log.info(`Syncing user: ${email}`)
    const { out, err } = await mailtide(paths.home, line, { tty: true })
    expect(out).toContain('owned')
    expect(`${out}${err}`.replaceAll(colours, '')).not.toMatch(obeyed)
  },
)

it('an error shows what a server said as text', async () => {
  const { paths, service } = await startHost()
  Object.assign(service, {
    syncNow: async () => {
      throw new AppError('network', hostile.join(' '))
    },
  })
  const { out, err, code } = await mailtide(paths.home, 'sync', { tty: true })
  expect(code).not.toBe(0)
  expect(`${out}${err}`).not.toMatch(obeyed)
})
