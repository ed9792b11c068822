import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { z } from 'zod'
import type { toProblem } from '../../shared/errors.ts'
import { SignIn } from '../../shared/sign-in.ts'
import type { Installed, RunningCommand } from '../support/command.ts'

/** Begins a sign-in over HTTP. */
export async function begin(installed: Installed, options: object = {}): Promise<SignIn> {
  return SignIn.parse(await (await installed.callAsOwner('POST', '/api/v1/sign-in', options)).json())
}

/** The progress of a sign-in, over HTTP. */
export async function look(installed: Installed, { id }: SignIn): Promise<SignIn> {
  return SignIn.parse(await (await installed.callAsOwner('GET', `/api/v1/sign-in/${id}`)).json())
}

const Outcome = z.union([SignIn, z.custom<ReturnType<typeof toProblem>>()])

/** Pastes an address over HTTP: the sign-in, or the problem where it cannot be one. */
export async function paste(installed: Installed, { id }: SignIn, redirect: string): Promise<z.infer<typeof Outcome>> {
  return Outcome.parse(await (await installed.callAsOwner('POST', `/api/v1/sign-in/${id}/code`, { redirect })).json())
}

/** The address that a command shows for the browser. */
export function shownAddress({ child, ended }: RunningCommand): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (text: string) => {
      said += text
      const url = /^http:\S+$/m.exec(said)?.[0]
      if (url !== undefined && said.includes('Ctrl-C')) resolve(url)
    })
    void ended.then(({ stderr }) => reject(new Error(`The command ended: ${stderr}`)))
  })
}

/** Where the sign-in of an address listens for the browser. */
export const listenerOf = (url: string): string => new URL(url).searchParams.get('redirect_uri') ?? ''

/** Clicks through the simulated pages to the consent page of an account. */
export async function toConsent(page: Page, url: string, email: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: email }).click()
  await page.getByRole('heading', { name: /Mailtide (wants access|can access)/ }).waitFor()
}

/** Consents as this account; resolves on our own page. */
export async function consentAs(page: Page, url: string, email: string): Promise<string> {
  await toConsent(page, url, email)
  await page.getByRole('button', { name: 'Continue' }).click()
  return ended(page)
}

/** What our own page says, once the browser came back to it. */
export async function ended(page: Page): Promise<string> {
  await page.getByRole('heading', { name: /signed in/i }).waitFor()
  return (await page.locator('main').textContent()) ?? ''
}

/** Every stored credential, byte for byte. */
export async function credentials({ home }: Installed): Promise<Readonly<Record<string, string>>> {
  const folder = join(home, 'credentials')
  const names = (await readdir(folder)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  )
}
