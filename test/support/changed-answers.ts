import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

type Json = Record<string, unknown>
/** Gmail's answer as it shall be given instead; `call` is the path with its query. */
export type Change = (answer: Json, call: string) => Json

/** Stands between the service and the simulator, and changes Gmail's answers (not its errors) until the test ends. */
export function changedAnswers(change: Change): (target: string) => Promise<string> {
  return async (target) => {
    const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const call = incoming.url ?? ''
      const answer = await fetch(new URL(call, target), {
        headers: { authorization: incoming.headers.authorization ?? '' },
      })
      const text = await answer.text()
      const body = answer.ok ? JSON.stringify(change(JSON.parse(text) as Json, call)) : text
      outgoing.writeHead(answer.status, { 'content-type': 'application/json; charset=UTF-8' }).end(body)
    }
    const server = createServer((incoming, outgoing) => {
      pass(incoming, outgoing).catch(() => outgoing.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }
}
