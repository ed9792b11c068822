import { describe, expect, it } from 'vitest'
import { identifySelf, judge, type ProcessIdentity, parseProcStat } from '../../electron/platform/process-identity.ts'

const here: ProcessIdentity = {
  pid: 10,
  process_started: '500',
  machine: 'ada/1',
  boot: 'b1',
  pid_namespace: 'pid:[7]',
}

describe('whether the process of an old lock still lives', () => {
  it.each<[string, Partial<ProcessIdentity>, string | null, string]>([
    ['the same process', {}, '500', 'alive'],
    ['no such process', {}, null, 'dead'],
    ['its number given to another process', {}, '777', 'dead'],
    ['a start time the system does not tell', {}, '', 'alive'],
    ['a lock without a start time', { process_started: '' }, '777', 'alive'],
    ['from before a reboot', { boot: 'b0' }, '500', 'dead'],
    ['a system without boot ids', { boot: '' }, '500', 'alive'],
    ['another computer', { boot: 'b9', machine: 'nas/2' }, '500', 'other_machine'],
    ['another computer without boot ids', { boot: '', machine: 'nas/2' }, '500', 'other_machine'],
    ['a computer renamed since', { machine: 'lovelace/1' }, '500', 'alive'],
    ['another container on this kernel', { machine: 'c0ffee/1', pid_namespace: 'pid:[8]' }, '500', 'other_container'],
  ])('%s', async (_, changes, found, expected) => {
    expect(await judge({ ...here, ...changes }, here, async () => found)).toBe(expected)
  })
})

it('knows itself as alive', async () => {
  const self = await identifySelf()
  expect(self.pid).toBe(process.pid)
  expect(await judge(self, await identifySelf())).toBe('alive')
})

it('reads the start of a process whose name holds brackets and spaces, and sees a dead one not yet collected', () => {
  const rest = Array.from({ length: 30 }, (_, n) => String(n + 4)).join(' ')
  expect(parseProcStat(`12 (a) b) (c) S ${rest}`)).toBe('22')
  expect(parseProcStat(`12 (node) Z ${rest}`)).toBeNull()
  expect(parseProcStat('')).toBe('')
})
