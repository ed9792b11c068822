import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { NO_PAPERS, papers } from '../support/papers.ts'
import { ADA, simulated } from './simulated.ts'

const check = papers('bench/schema-check.mjs')
const document = papers('gmail.v1.json')

it.skipIf(check === null || document === null)(
  `answers every GET method as Google's own description of the API says${check === null ? ` (${NO_PAPERS})` : ''}`,
  async () => {
    const { simulator, mailbox } = await simulated()
    fillMailbox(mailbox, { count: 400, seed: 3 })
    const options = [
      '--doc',
      document ?? '',
      '--url',
      simulator.url.slice(0, -1),
      '--token',
      simulator.accessToken(ADA),
    ]
    const { stdout } = await promisify(execFile)(process.execPath, [check ?? '', ...options])
    const [answered = '', missing = '', errors = '', ...problems] = stdout.trimEnd().split('\n')
    expect(problems).toEqual([])
    expect(missing.trim()).toBe('missing')
    expect(errors).toMatch(/^errors +history\.list:old=404$/)
    for (const method of ['messages.get:full', 'messages.get:raw', 'threads.get', 'drafts.get', 'history.list'])
      expect(answered).toContain(` ${method}`)
  },
)
