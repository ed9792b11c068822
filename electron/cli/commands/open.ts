import { AppError } from '../../../shared/errors.ts'
import { openBrowser } from '../browser.ts'
import type { CommandContext } from '../command.ts'

/** `mailtide open`: opens the window in the browser, by a link that brings it the API token once; prints the link where there is no browser. */
export async function open(context: CommandContext, options: { readonly opensBrowser: boolean }): Promise<void> {
  const { client, address, token, port } = await context.connectTo()
  if (token === null) {
    throw new AppError('forbidden', `The API token in ${context.paths.apiToken} cannot be read`, {
      remedy: 'Run this as the user who runs Mailtide',
    })
  }
  // Behind the #, so that no server and no log hears of it.
  const linkFor = async (ownUser: 'true' | 'false') => {
    const { code, expires_at } = await client.tokenLink({ own_user: ownUser })
    return { url: `${address}/#code=${code}`, expires_at }
  }
  if (options.opensBrowser) {
    const { url, expires_at } = await linkFor('true')
    if (await openBrowser(url, context.env)) {
      const text = `The window opens in your browser: ${address}\n`
      return context.print(text, { url: `${address}/`, expires_at, opened: true })
    }
  }
  const { url, expires_at } = await linkFor('false')
  const link = `Open this address, once and within ten minutes:\n\n  ${url}\n`
  const tunnel =
    context.env['SSH_CONNECTION'] || context.env['SSH_TTY']
      ? `\nFrom your own computer, first open a way here: ssh -L ${port}:127.0.0.1:${port} HOST\n`
      : ''
  context.print(`${link}${tunnel}`, { url, expires_at, opened: false })
}
