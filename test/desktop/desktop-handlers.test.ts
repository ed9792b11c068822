import { expect, it } from 'vitest'
import { createDesktopHandlers, type DesktopHandlersDeps } from '../../electron/desktop/desktop-handlers.ts'
import { AppError } from '../../shared/errors.ts'

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
