import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { writeServiceFile } from '../../electron/platform/service-file.ts'
import { connectTo, createClient, problemOf } from '../../electron/remote/client.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import { adaAccount, idle } from '../api/fake-service.ts'
import { startHost } from '../cli/running-service.ts'
import { tempFolder, tempHome } from '../platform/temp-home.ts'

/** Another program that answers everything with the same text. */
async function otherProgram(status: number, text: string): Promise<number> {
  const server = createServer((_, response) => response.writeHead(status).end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

it('finds the service by its data folder and speaks the whole contract', async () => {
  const { paths, port, service } = await startHost()
  const { client, ...found } = await connectTo(paths)
  expect(found).toMatchObject({
    pid: process.pid,
    port,
    address: `http://127.0.0.1:${port}`,
    token: expect.any(String),
  })
  expect(await client.health({})).toMatchObject({ status: 'ok' })
  expect((await client.status({})).sync_status).toEqual(idle)
  expect(await client.start({ interval_minutes: 15 })).toEqual({ message: 'Interval changed', interval_minutes: 15 })
  expect(await client.syncNow({ account: adaAccount.email })).toBeTruthy()
  expect((await client.accountsList({})).accounts).toEqual([adaAccount])
  expect((await client.accountsAdd({ authorized_user: { a: 1 } })).account).toEqual(adaAccount)
  expect((await client.logs({ lines: 5 })).entries).toEqual([])
  expect((await client.settings({})).settings.batch_size).toBe(1000)
  expect(await client.stop({})).toEqual({ message: 'Service stopped' })
  expect(service.calls.at(-1)).toBe('stopped')
})

it('throws what the service threw: code, words and remedy', async () => {
  const { client } = await connectTo((await startHost()).paths)
  await expect(client.start({})).rejects.toMatchObject({
    code: 'already_running',
    message: 'Service is already running',
  })
  await expect(client.syncNow({ account: 'eve@example.com' })).rejects.toMatchObject({
    code: 'not_found',
    remedy: 'See mailtide accounts list',
  })
  await expect(client.start({ interval_minutes: 0 })).rejects.toMatchObject({
    code: 'bad_input',
    message: 'The request is not valid: interval_minutes: must be a whole number from 1 to 1440',
  })
})

it('has what a remedy comes to as the service said it', () => {
  const actions = [
    { kind: 'keeps_trying' },
    { kind: 'change_setting', setting: 'min_free_bytes' },
    { kind: 'open_page', url: 'https://console.cloud.google.com/' },
    { kind: 'start_service' },
  ] as const
  for (const action of actions) {
    const problem = toProblem(new AppError('disk', 'x', { remedy: 'y', action }))
    expect(problemOf(JSON.parse(JSON.stringify(problem)), 507)).toMatchObject({ remedy: 'y', action })
  }
})

it('works without the token for what is open, as far as the service lets it', async () => {
  const host = await startHost()
  await rm(host.paths.apiToken)
  const { client } = await connectTo(host.paths)
  expect((await client.health({})).status).toBe('ok')
  await expect(client.accountsList({})).rejects.toMatchObject({ code: 'forbidden' })
  const strict = await startHost({ requireToken: true })
  expect((await (await connectTo(strict.paths)).client.health({})).status).toBe('ok')
})

describe('that nothing runs is said', () => {
  it('when there is no data folder, or an empty one', async () => {
    const none = dataPaths(join(await tempFolder(), 'none'))
    for (const paths of [none, await tempHome()]) {
      await expect(connectTo(paths)).rejects.toMatchObject({
        code: 'not_running',
        message: 'Mailtide is not running',
        remedy: 'Start it with: mailtide start',
        action: { kind: 'start_service' },
      })
    }
  })

  it('when a killed service left its service.json, even if another program has its port now', async () => {
    const paths = await tempHome()
    const port = await otherProgram(200, '{"status":"ok"}')
    await writeServiceFile(paths, { pid: 2 ** 22 + 1, port, host: 'headless', startedAt: '2026-01-01T00:00:00Z' })
    await expect(connectTo(paths)).rejects.toMatchObject({ code: 'not_running' })
  })

  it('when the owner of the folder does not answer, with its pid', async () => {
    const host = await startHost()
    await host.closeApi()
    await expect(connectTo(host.paths)).rejects.toMatchObject({
      code: 'not_running',
      message: expect.stringContaining(`pid ${process.pid}`),
      remedy: expect.stringContaining('starting'),
    })
  })

  it('when service.json is damaged, or names a port where another program answers', async () => {
    const host = await startHost()
    const port = await otherProgram(200, 'hello')
    await writeServiceFile(host.paths, { pid: process.pid, port, host: 'test', startedAt: '2026-01-01T00:00:00Z' })
    await expect(connectTo(host.paths)).rejects.toMatchObject({ code: 'not_running' })
    await writeFile(host.paths.service, '{"pid":')
    await expect(connectTo(host.paths)).rejects.toMatchObject({ code: 'not_running' })
  })
})

it('says so when an answer is not of the contract', async () => {
  for (const [status, text] of [
    [200, '{}'],
    [200, 'text'],
    [500, 'text'],
    [404, '{"title":"x"}'],
  ] as const) {
    const client = createClient(`http://127.0.0.1:${await otherProgram(status, text)}`, null)
    await expect(client.status({})).rejects.toMatchObject({ code: 'bad_answer' })
  }
})

it('never follows a redirection with the token', async () => {
  const server = createServer((_, response) => response.writeHead(302, { location: 'http://evil.example/' }).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'secret')
  await expect(client.status({})).rejects.toMatchObject({ code: 'network' })
})
