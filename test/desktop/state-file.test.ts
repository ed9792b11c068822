import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDesktopState } from '../../electron/desktop/state-file.ts'
import { silentLog } from '../support/silent-log.ts'

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailtide-state-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'desktop.json')
}

it('remembers where the window was and what was said, over restarts', async () => {
  const path = stateFile()
  const first = openDesktopState(path, silentLog)
  expect([first.bounds, first.isMaximized]).toEqual([null, false])
  first.keepBounds({ x: -10, y: 20, width: 900, height: 640 }, true)
  expect([first.isFirst('closed_to_tray'), first.isFirst('closed_to_tray')]).toEqual([true, false])
  await first.settled()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const second = openDesktopState(path, silentLog)
  expect([second.bounds, second.isMaximized]).toEqual([{ x: -10, y: 20, width: 900, height: 640 }, true])
  expect([second.isFirst('closed_to_tray'), second.isFirst('no_tray')]).toEqual([false, true])
  await second.settled()
})

it.each([
  ['nothing', ''],
  ['half a file', '{"bounds": {"x": 1'],
  ['something else', '[1, 2]'],
])('starts afresh when the file holds %s', async (_, text) => {
  const path = stateFile()
  writeFileSync(path, text)
  const state = openDesktopState(path, silentLog)
  expect([state.bounds, state.isFirst('no_tray')]).toEqual([null, true])
  await state.settled()
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ bounds: null, maximized: false, told: ['no_tray'] })
})

it('keeps what it can read of a file that a person edited', async () => {
  const path = stateFile()
  writeFileSync(path, '{"bounds": {"x": 1.5}, "maximized": true, "told": ["no_tray"]}')
  const state = openDesktopState(path, silentLog)
  expect([state.bounds, state.isMaximized, state.isFirst('no_tray')]).toEqual([null, true, false])
  await state.settled()
})

it('goes on when the disk refuses', async () => {
  const state = openDesktopState('/proc/mailtide/desktop.json', silentLog)
  state.keepBounds({ x: 0, y: 0, width: 800, height: 600 }, false)
  await state.settled()
  expect(state.bounds).toEqual({ x: 0, y: 0, width: 800, height: 600 })
})
