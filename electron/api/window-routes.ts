import type { Context } from 'hono'
import { operations } from '../../shared/contract.ts'
import { documents } from '../../shared/documents.ts'
import { windowFile, windowFileType, windowHeaders } from '../../shared/window-files.ts'
import type { ApiOptions, Route } from './create-api.ts'
import { answer, problem } from './problems.ts'

/** Reads a file of the window by the names on the way to it; null when there is none. */
export type ReadWindow = (names: readonly string[]) => Promise<Uint8Array<ArrayBuffer> | null>

/**
 * The window for browsers, and words for programs that ask for `/`. The files hold nothing of the person and a browser cannot send a token
 * with them, so they need none even where everything else does: what they show, they ask for.
 */
export function windowRoutes({ readWindow }: Pick<ApiOptions, 'readWindow'>): readonly Route[] {
  const route = (path: string, run: Route['run']): Route => ({
    method: 'GET',
    path,
    needsToken: () => false,
    isFree: true,
    run,
  })
  const file = async (context: Context): Promise<Response> => {
    const names = windowFile(context.req.path)
    const bytes = names === null ? null : await readWindow(names)
    if (names === null || bytes === null) return answer(context, nothing)
    return context.body(bytes, 200, { ...windowHeaders, 'Content-Type': windowFileType(names.at(-1) ?? '') })
  }
  return [
    route('/', async (context) => {
      const page = wantsPage(context) ? await readWindow(['index.html']) : null
      if (page !== null) {
        return context.body(page, 200, { ...windowHeaders, 'Content-Type': windowFileType('index.html') })
      }
      return context.text(`${about}${wantsPage(context) ? unbuilt : ''}`)
    }),
    route('/assets/{name}', file),
  ]
}

/** Browsers ask for a page by name; programs take anything. */
const wantsPage = (context: Context): boolean => (context.req.header('accept') ?? '').includes('text/html')

const about = `This is Mailtide's HTTP API.
Status: GET ${operations.status.path}
Health: GET ${operations.health.path}
All of it: GET ${documents.openapi.path}
The window, in a browser: mailtide open
`
const unbuilt = `
The window is not built here: run npm run build in the folder of the sources, and reload this page.
`
const nothing = problem(
  404,
  'not_found',
  'The window has no such file',
  'Reload the page: it may be from before an update',
)
