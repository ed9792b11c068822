import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDesktopHandlers, type DesktopHandlersDeps } from '../../electron/desktop/desktop-handlers.ts'
import { AppError } from '../../shared/errors.ts'
import { tempFolder } from '../platform/temp-home.ts'

const RELEASES = 'https://releases.example/mailtide'

function handlersThat(restart: () => Promise<void>) {
  const done: string[] = []
  const deps = {
    shell: { openExternal: async (url: string) => void done.push(`open ${url}`) },
    updates: { checkNow: () => new Promise<void>(() => done.push('check')), restart },
    releasesPage: RELEASES,
  } as unknown as DesktopHandlersDeps
  return { handlers: createDesktopHandlers(deps), done }
}

it('a page that asks to look for an update does not wait for it, and one that fetches it is shown where', async () => {
  const { handlers, done } = handlersThat(async () => undefined)
  await handlers.update({ action: 'check' })
  await handlers.update({ action: 'download' })
  expect(done).toEqual(['check', `open ${RELEASES}`])
})

it('a restart into an update that is not there is told as what it is', async () => {
  const { handlers } = handlersThat(async () => {
    throw new AppError('conflict', 'There is no update to install')
  })
  await expect(handlers.update({ action: 'restart' })).rejects.toMatchObject({ code: 'conflict' })
})

it('a text is saved where the person chooses, beside the old file first, and nowhere when they choose nothing', async () => {
  const folder = await tempFolder()
  const filePath = join(folder, 'figures.csv')
  await writeFile(filePath, 'old')
  const old = await stat(filePath)
  const answers = [
    { canceled: true, filePath: '' },
    { canceled: false, filePath },
  ]
  const handlers = createDesktopHandlers({
    dialog: { showSaveDialog: async () => answers.shift() },
  } as unknown as DesktopHandlersDeps)
  expect(await handlers.saveText({ name: 'figures.csv', text: 'new' })).toEqual({ saved: false })
  expect(await readFile(filePath, 'utf8')).toBe('old')
  expect(await handlers.saveText({ name: 'figures.csv', text: 'new' })).toEqual({ saved: true })
  expect(await readFile(filePath, 'utf8')).toBe('new')
  expect((await stat(filePath)).ino).not.toBe(old.ino)
  expect(await readdir(folder)).toEqual(['figures.csv'])
})
