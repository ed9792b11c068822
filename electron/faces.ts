import type { Hono } from 'hono'
import type { Handlers } from '../shared/contract.ts'
import { createApi } from './api/create-api.ts'
import { createEvents, type Events } from './api/events.ts'
import { createHandlers } from './api/handlers.ts'
import { createLinkCodes } from './api/link-codes.ts'
import { type Host, windowFolder } from './open-host.ts'
import { openApiToken } from './platform/api-token.ts'
import { readWindowFrom } from './platform/window-folder.ts'
import type { Service } from './service/types.ts'
import { version } from './version.ts'

/** What a host shows of its service to programs and windows; both hosts have the same. */
export interface Faces {
  readonly handlers: Handlers
  /** Ended by the host, after the server. */
  readonly events: Events
  /** The HTTP API, without a port. */
  readonly api: Hono
}

const linkMisuse = {
  used_again:
    'A link to the window was used a second time. If it was not you who used it first, renew the API token in Settings',
  other_user:
    'Another user of this computer tried a link to the window that a browser of yours was given. It was refused',
} as const

/** The contract answered by a service, on the host's settings, log and API token. Throws `disk` when the token cannot be kept. */
export async function createFaces(host: Host, service: Service): Promise<Faces> {
  const { paths, settings, logging } = host
  const token = await openApiToken(paths.apiToken, logging.hide)
  const apiLog = logging.log.named('api')
  const handlers = createHandlers({
    service,
    logs: logging,
    settings: () => ({ values: settings.values(), sources: settings.sources() }),
    token,
    links: createLinkCodes(host.clock, (what) => apiLog.warning(linkMisuse[what])),
  })
  const events = createEvents({ clock: host.clock, logs: logging })
  const api = createApi({
    handlers,
    events,
    version,
    readWindow: readWindowFrom(windowFolder()),
    // Read at each request: a changed setting and a new token hold at once.
    get requireToken() {
      return settings.values().requireToken
    },
    isToken: token.matches,
    log: apiLog,
  })
  return { handlers, events, api }
}
