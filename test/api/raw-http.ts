import { connect, type Socket } from 'node:net'

/** Sends bytes as they are and gives back what comes until the connection ends. */
export function talk(port: number, bytes: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host)
    let heard = ''
    socket.setEncoding('latin1')
    socket.on('data', (data) => {
      heard += data
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The system may tell a closed connection this way, when bytes were still under way.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.write(bytes, 'latin1')
  })
}

/** An open connection that does nothing by itself. */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

/** A request as bytes, its connection closed after the answer. */
export const requestText = (line: string, headers: readonly string[], body = ''): string =>
  `${line} HTTP/1.1\r\n${[...headers, 'Connection: close'].map((header) => `${header}\r\n`).join('')}\r\n${body}`

/** Status, headers (lower case) and body of the first answer in what was heard. */
export function parseAnswer(heard: string) {
  const end = heard.indexOf('\r\n\r\n')
  const [line = '', ...fields] = heard.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  )
  return { status: Number(line.split(' ')[1]), headers, body: heard.slice(end + 4) }
}
