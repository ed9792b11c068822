import { connect } from 'node:net'

/**
 * Whether a server that listens at that port takes connections for this address. 127.0.0.2 shows one that listens to the whole network: Linux has all of
 * 127.0.0.0/8 (https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3), and a server of 127.0.0.1 alone does not answer there.
 */
export function isReached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
