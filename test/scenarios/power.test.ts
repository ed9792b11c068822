import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../electron/demo/random.ts'
import { cutOneLife } from '../soak/power.ts'
import { NOTHING } from '../soak/tally.ts'
import { Disk } from '../support/power/disk.ts'
import { canRecord } from '../support/power/record.ts'
import { readTrace, type TraceEvent } from '../support/power/trace.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailtide-power-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

describe('a recorded trace', () => {
  it('is read as what was done to files, with calls of several threads told apart', () => {
    const lines = [
      `7 openat(AT_FDCWD<${hex('/x')}>, "${hex('/d/a')}", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0600) = 5<${hex('/d/a')}>`,
      `7 write(5<${hex('/d/a')}>, "${hex('hello')}", 5 <unfinished ...>`,
      `8 fsync(6<${hex('/d/b')}> <unfinished ...>`,
      '7 <... write resumed>)              = 5',
      '8 <... fsync resumed>)              = 0',
      `7 pwrite64(5<${hex('/d/a')}>, "${hex('HE')}", 2, 4096) = 2`,
      `7 rename("${hex('/d/a')}", "${hex('/d/c')}") = 0`,
      `7 unlink("${hex('/d/none')}") = -1 ENOENT (No such file or directory)`,
      `7 ftruncate(5<${hex('/d/c')}>, 3) = 0`,
      '7 +++ exited with 0 +++',
    ]
    expect([...readTrace(lines)]).toEqual([
      { kind: 'open', fd: 5, path: '/d/a', creates: true, truncates: true, appends: false },
      { kind: 'sync-begin', call: '8', path: '/d/b' },
      { kind: 'write', fd: 5, path: '/d/a', data: Buffer.from('hello'), offset: null },
      { kind: 'sync-end', call: '8', path: '/d/b' },
      { kind: 'write', fd: 5, path: '/d/a', data: Buffer.from('HE'), offset: 4096 },
      { kind: 'rename', from: '/d/a', to: '/d/c' },
      { kind: 'truncate', path: '/d/c', size: 3 },
    ])
  })
})

describe('the model of a disk', () => {
  const write = (path: string, text: string, fd = 3): TraceEvent => ({
    kind: 'write',
    fd,
    path,
    data: Buffer.from(text),
    offset: 0,
  })
  const create = (path: string, fd = 3): TraceEvent => ({
    kind: 'open',
    fd,
    path,
    creates: true,
    truncates: true,
    appends: false,
  })
  const sync = (path: string): TraceEvent[] => [
    { kind: 'sync-begin', call: '1', path },
    { kind: 'sync-end', call: '1', path },
  ]
  /** Every state that many cuts leave, as `name=content` lists. */
  const statesAfter = (events: readonly TraceEvent[]): Set<string> => {
    const before = mkdtempSync(join(folder, 'before-'))
    mkdirSync(join(before, 'sub'))
    writeFileSync(join(before, 'old'), 'old')
    const states = new Set<string>()
    const disk = new Disk(before, '/d')
    for (const event of events) disk.apply(event)
    for (let seed = 0; seed < 60; seed++) {
      const target = join(before, `../cut-${Math.random()}`)
      disk.cut(createRandom('test', seed), target)
      const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      const state = files.map((file) => `${file.name}=${readFileSync(join(file.parentPath, file.name), 'utf8')}`)
      states.add(state.sort().join(' '))
      rmSync(target, { recursive: true })
    }
    return states
  }

  it('forgets a new file, its bytes or its name, as long as nothing was synced', () => {
    expect(statesAfter([create('/d/new'), write('/d/new', 'x')])).toEqual(
      new Set(['old=old', 'new= old=old', 'new=x old=old']),
    )
  })
  it('keeps the bytes of a synced file, and not its name', () => {
    expect(statesAfter([create('/d/new'), write('/d/new', 'x'), ...sync('/d/new')])).toEqual(
      new Set(['old=old', 'new=x old=old']),
    )
  })
  it('keeps a file whole whose folder was synced too', () => {
    const events = [create('/d/new'), write('/d/new', 'x'), ...sync('/d/new'), ...sync('/d')]
    expect(statesAfter(events)).toEqual(new Set(['new=x old=old']))
  })
  it('leaves either the old or the new content after a rename over a file, when the new one was synced', () => {
    const events: TraceEvent[] = [
      create('/d/sub/t'),
      write('/d/sub/t', 'new'),
      ...sync('/d/sub/t'),
      { kind: 'rename', from: '/d/sub/t', to: '/d/old' },
    ]
    const states = [...statesAfter(events)]
    expect(states.filter((state) => !/(^| )old=(old|new)( |$)/.test(state))).toEqual([])
    expect(states.some((state) => state.includes('old=old'))).toBe(true)
    expect(states.some((state) => state.includes('old=new'))).toBe(true)
    expect([...statesAfter([...events, ...sync('/d')])].filter((state) => !state.includes('old=new'))).toEqual([])
  })
  it('does not count a write that came after an fsync began', () => {
    const events: TraceEvent[] = [
      ...sync('/d'),
      { kind: 'sync-begin', call: '1', path: '/d/old' },
      { kind: 'open', fd: 4, path: '/d/old', creates: false, truncates: false, appends: false },
      write('/d/old', 'new', 4),
      { kind: 'sync-end', call: '1', path: '/d/old' },
    ]
    expect(statesAfter(events)).toEqual(new Set(['old=old', 'old=new']))
  })
})

const missing = canRecord() ? '' : ' (skipped: strace cannot record here; Debian: apt-get install strace)'

describe.skipIf(missing !== '')(`power cuts${missing}`, () => {
  it('lose nothing, double nothing, and need nobody’s hands', async () => {
    const said: string[] = []
    const tally = await cutOneLife({ cuts: 2, mails: 25, seed: 7, restAfterMs: 0 }, (text) => said.push(text))
    expect(said.filter((text) => text.startsWith('cut'))).toEqual([])
    expect(tally).toEqual(NOTHING)
  }, 180_000)
})
