import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { connectionUsers, isOwnUser } from '../../electron/api/peer-user.ts'

const table = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0',
  '   1: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0 100 0 0 10 0',
  '   2: 0100007F:9999 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1001        0 4244 1 0 100 0 0 10 0',
  '   3: 0200007F:9999 0100007F:1F40 05 00000000:00000000 00:00000000 00000000  1002        0 4245 1 0 100 0 0 10 0',
].join('\n')

it('finds whose the sockets are that lead to a port, in the tables of Linux', () => {
  expect(connectionUsers(table, 0x9999, 8000)).toEqual([1001, 1002])
  expect(connectionUsers(table, 0x9998, 8000)).toEqual([])
  expect(connectionUsers('', 0x9999, 8000)).toEqual([])
})

it.runIf(process.platform === 'linux')('tells a connection of our own user from that of another', async () => {
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer(accepted.resolve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const socket = await accepted.promise
  const self = process.geteuid?.() ?? 0
  expect(await isOwnUser(socket, self)).toBe(true)
  // The system's user may do anything; of all others none may.
  expect(await isOwnUser(socket, self + 1)).toBe(self === 0)
  expect(await isOwnUser({ localPort: socket.localPort, remotePort: 1 }, self)).toBeNull()
  expect(await isOwnUser({}, self)).toBeNull()
})
