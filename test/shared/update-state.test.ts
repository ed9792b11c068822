import { expect, it } from 'vitest'
import { describeUpdate, UpdateState } from '../../shared/update-state.ts'

it.each<[UpdateState, string, string | null]>([
  [{ kind: 'off' }, 'Updates are switched off', null],
  [{ kind: 'impossible', reason: 'This build is not signed' }, 'This build is not signed', null],
  [{ kind: 'current', checked_at: null }, 'Not checked for a newer version yet', 'check'],
  [{ kind: 'current', checked_at: '2026-01-01T00:00:00.000Z' }, 'Mailtide is up to date', 'check'],
  [{ kind: 'checking' }, 'Looking for a newer version', null],
  [{ kind: 'downloading', version: '2.0.0', percent: 99.9 }, 'Downloading Mailtide 2.0.0: 99 %', null],
  [{ kind: 'ready', version: '2.0.0' }, 'Mailtide 2.0.0 is ready; it is installed when you quit', 'restart'],
  [{ kind: 'available', version: '2.0.0' }, 'Mailtide 2.0.0 is available for you to install', 'download'],
  [
    { kind: 'failed', reason: 'The releases of Mailtide cannot be reached' },
    'The releases of Mailtide cannot be reached. Mailtide tries again within two hours',
    'check',
  ],
])('says %j in words, with what there is to do', (state, text, action) => {
  expect(describeUpdate(UpdateState.parse(state))).toEqual({ text, action })
})
