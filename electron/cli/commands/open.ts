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
  const { code, expires_at } = await client.tokenLink({})
  // Behind the #, so that no server and no log hears of it.
  const url = `${address}/#code=${code}`
  const isOpened = options.opensBrowser && (await openBrowser(url, context.env))
  const link = `Open this address, once and within ten minutes:\n\n  ${url}\n`
  const tunnel =
    context.env['SSH_CONNECTION'] || context.env['SSH_TTY']
      ? `\nFrom your own computer, first open a way here: ssh -L ${port}:127.0.0.1:${port} HOST\n`
      : ''
  const text = isOpened ? `The window opens in your browser: ${address}\n` : `${link}${tunnel}`
  context.print(text, { url: isOpened ? `${address}/` : url, expires_at, opened: isOpened })
}
