import { expect, it } from 'vitest'
import { copyStatusUrl, openLogsFolder } from '../../electron/desktop/menu-actions.ts'

it('the logs folder is shown, and a system that cannot says what to do instead', async () => {
  const opened: string[] = []
  const openPath = async (path: string): Promise<string> => {
    opened.push(path)
    return ''
  }
  await openLogsFolder({ openPath }, '/data/logs')
  expect(opened).toEqual(['/data/logs'])
  await expect(openLogsFolder({ openPath: async () => 'No application' }, '/data/logs')).rejects.toMatchObject({
    code: 'disk',
    message: 'The system cannot show the folder /data/logs: No application',
    remedy: expect.stringContaining('/data/logs'),
  })
})

it('the status address is on the clipboard', async () => {
  const texts: string[] = []
  await copyStatusUrl({ writeText: async (text: string) => void texts.push(text) }, 'http://127.0.0.1:8000/x')
  expect(texts).toEqual(['http://127.0.0.1:8000/x'])
})
