import type Electron from 'electron'
import { app } from './app.ts'
import { record, recorded } from './state.ts'
import { standInFor } from './strict.ts'
import { computer } from './surroundings.ts'

/** What the person answers to the next dialogs, and what opening a path fails with. */
export const answers: { dialogs: unknown[]; openPathError: string } = { dialogs: [], openPathError: '' }

export const shell = standInFor<Electron.Shell>()('shell', {
  openExternal: async (url: string) => {
    recorded.opened.push(url)
  },
  openPath: async (path: string) => {
    recorded.opened.push(path)
    return answers.openPathError
  },
  showItemInFolder: (path: string) => {
    recorded.opened.push(path)
  },
  beep: () => record('shell.beep'),
})

/** Dialogs are answered at once; Electron's take the window as an optional first argument. */
function ask<Answer>(name: string, args: readonly unknown[], usual: Answer): Answer {
  record(`dialog.${name}`, args.at(-1))
  return (answers.dialogs.shift() as Answer | undefined) ?? usual
}

export const dialog = standInFor<Electron.Dialog>()('dialog', {
  showMessageBox: async (...args: unknown[]) => ask('showMessageBox', args, { response: 0, checkboxChecked: false }),
  showOpenDialog: async (...args: unknown[]) =>
    ask('showOpenDialog', args, { canceled: true, filePaths: [] as string[] }),
  showSaveDialog: async (...args: unknown[]) => ask('showSaveDialog', args, { canceled: true, filePath: '' }),
  showErrorBox: (title: string, content: string) => {
    record('dialog.showErrorBox', { title, content })
    // Electron on Linux has no dialog before it is ready (https://www.electronjs.org/docs/latest/api/dialog#dialogshowerrorboxtitle-content).
    if (app.isReady()) process.stdout.write(`Error box: ${title}: ${content}\n`)
    else process.stderr.write(`${title}\n${content}\n`)
  },
})

let clipboardText = ''
export const clipboard = standInFor<Electron.Clipboard>()('clipboard', {
  readText: async () => clipboardText,
  writeText: async (text: string) => {
    clipboardText = text
  },
  clear: () => {
    clipboardText = ''
  },
})

export const net = standInFor<Electron.Net>()('net', {
  fetch: async (input: string | Request, init?: RequestInit) => {
    const { hostname, href } = new URL(typeof input === 'string' ? input : input.url)
    if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return await fetch(input, init)
    recorded.external.push(href)
    throw new Error('net::ERR_BLOCKED_BY_CLIENT')
  },
  isOnline: () => computer.isOnline,
  get online() {
    return computer.isOnline
  },
})
