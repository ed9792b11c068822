import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('runs for people and scripts: prints one line of JSON, answers, and stops when told', async () => {
  const program = join(import.meta.dirname, '../../electron/demo/serve.ts')
  const child = spawn(process.execPath, [program, '--messages', '7', '--dials', '{"quota":"new"}'])
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const shown = JSON.parse(line.toString()) as Record<'url' | 'email' | 'access_token', string> & {
    authorized_user: object
  }
  expect(shown.authorized_user).toMatchObject({ type: 'authorized_user' })
  const headers = { authorization: `Bearer ${shown.access_token}` }
  const answer = await fetch(`${shown.url}gmail/v1/users/me/profile`, { headers })
  expect(await answer.json()).toMatchObject({ emailAddress: shown.email, messagesTotal: 7 })
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})
