import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  askNetworkManager,
  createSurroundings,
  readBattery,
  systemLooks,
} from '../../electron/platform/surroundings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailtide-surroundings-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Facts = Readonly<Record<string, string>>

async function supplies(name: string, given: Readonly<Record<string, Facts>>): Promise<string> {
  const place = join(folder, name)
  await mkdir(place)
  for (const [supply, facts] of Object.entries(given)) {
    await mkdir(join(place, supply))
    for (const [file, text] of Object.entries(facts)) await writeFile(join(place, supply, file), `${text}\n`)
  }
  return place
}

const battery = (status: string): Facts => ({ type: 'Battery', status, scope: 'System' })

describe('whether a Linux computer runs on battery', () => {
  it.each<[string, Readonly<Record<string, Facts>>, boolean]>([
    ['not a desktop computer', {}, false],
    ['an unplugged laptop', { AC: { type: 'Mains', online: '0' }, BAT0: battery('Discharging') }, true],
    ['not a plugged laptop', { AC: { type: 'Mains', online: '1' }, BAT0: battery('Charging') }, false],
    ['not one that is full', { BAT0: battery('Full') }, false],
    // Thinkpads with two batteries discharge one while the other charges.
    [
      'not one at the mains that discharges',
      { AC: { type: 'Mains', online: '1' }, BAT0: battery('Discharging') },
      false,
    ],
    ['not one at USB-C', { usb: { type: 'USB', online: '1' }, BAT0: battery('Discharging') }, false],
    ['one whose USB-C is free', { usb: { type: 'USB', online: '0' }, BAT0: battery('Discharging') }, true],
    ['not one whose mouse discharges', { mouse: { type: 'Battery', status: 'Discharging', scope: 'Device' } }, false],
    ['one whose battery says no scope', { BAT0: { type: 'Battery', status: 'Discharging' } }, true],
    ['not one whose files say nothing', { BAT0: {} }, false],
  ])('%s', async (name, given, expected) => {
    expect(await readBattery(await supplies(name, given))).toBe(expected)
  })

  it('is not known where the kernel does not tell', async () => {
    expect(await readBattery(join(folder, 'none'))).toBeNull()
  })
})

describe('whether the network is metered', () => {
  it.each([
    ['u 0', null],
    ['u 1', true],
    ['u 2', false],
    ['u 3', true],
    ['u 4', false],
    ['u 9', null],
    ['', null],
    ['s "yes"', null],
  ])('when NetworkManager says "%s" is %s', async (answer, expected) => {
    const busctl = join(folder, `busctl ${answer.replaceAll(/\W/g, '_')}`)
    await writeFile(busctl, `#!/bin/sh\n[ "$1 $7" = "--system Metered" ] && echo '${answer}'\n`)
    await chmod(busctl, 0o755)
    expect(await askNetworkManager(busctl)).toBe(expected)
  })

  it('is not known where NetworkManager does not run, or there is no bus', async () => {
    const busctl = join(folder, 'failing')
    await writeFile(busctl, '#!/bin/sh\necho u 1\nexit 1\n')
    await chmod(busctl, 0o755)
    expect(await askNetworkManager(busctl)).toBeNull()
    expect(await askNetworkManager(join(folder, 'no-such-program'))).toBeNull()
  })
})

it('looks only at what is wanted', async () => {
  const looked: string[] = []
  const surroundings = createSurroundings({
    battery: async () => looked.push('battery') > 0,
    metered: async () => looked.push('metered') > 0,
  })
  expect(await surroundings.look({ battery: false, metered: true })).toEqual({ battery: null, metered: true })
  expect(looked).toEqual(['metered'])
})

it('knows nothing on systems that do not tell a program without a desktop', async () => {
  const { battery: onBattery, metered } = systemLooks('darwin')
  expect([await onBattery(), await metered()]).toEqual([null, null])
})
