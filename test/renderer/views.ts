import type { Page } from 'playwright'
import { AppError, toProblem } from '../../shared/errors.ts'
import { defaultSettings, settingNames, toWire, wireName } from '../../shared/settings.ts'

/** A page of the window in a state that is worth looking at. */
export interface View {
  readonly name: string
  /** Query and hash of the gallery. */
  readonly address: string
  /** What to look for before one looks. */
  readonly shows: string
  /** `all`: in light and dark, small and large. `two`: small in light and large in dark, for what differs little from another view. */
  readonly looks: 'all' | 'two'
  /** For what goes on below the fold: at least so high, in pixels, or as high as it is. */
  readonly height?: number | 'whole'
  /** Also on the width of a phone, which is what a zoom of 200 % leaves of a small window. */
  readonly isNarrow?: boolean
  /** It goes away when the window gets another size. */
  readonly isTransient?: boolean
  /** What is done there first. */
  readonly prepare?: (page: Page) => Promise<void>
}

const ANNA = 'anna.lindqvist@nordvik.example'
const press = (name: string | RegExp, within = 'main, dialog') =>
  async function prepare(page: Page): Promise<void> {
    await page.locator(within).getByRole('button', { name }).last().click()
  }
const inCard = (email: string, name: string) => async (page: Page) =>
  page.getByRole('article', { name: email }).getByRole('button', { name }).click()

const connect = (state: 'lost' | 'refused') => (page: Page) =>
  page.evaluate(
    ([kind, problem]) =>
      window.gallery.backend.connect(
        kind === 'lost' ? { state: 'lost', retryAt: new Date(Date.now() + 5_000) } : { state: 'refused', problem },
      ),
    [state, { type: 'x', title: 'This needs the API token', status: 401, code: 'forbidden' }] as const,
  )

const overview = (name: string, scene: string, more: Partial<View> = {}): View => ({
  name: `overview-${name}`,
  address: `?scene=${scene}#/overview`,
  shows: 'h1',
  looks: 'two',
  ...more,
})

const overviews: readonly View[] = [
  overview('empty', 'empty', { looks: 'all' }),
  overview('one', 'one', { looks: 'all' }),
  overview('calm', 'calm'),
  overview('demo', 'demo'),
  overview('demo-beside', 'demoBeside'),
  overview('five', 'needYou', { looks: 'all' }),
  overview('busy', 'busy', { looks: 'all', isNarrow: true }),
  overview('fifty', 'fifty', { looks: 'all', isNarrow: true }),
  overview('rare', 'rare', { looks: 'all', height: 'whole', isNarrow: true }),
  overview('waiting', 'waiting'),
  overview('battery', 'battery'),
  overview('ends-soon', 'endsSoon'),
  overview('all-but-few', 'allButFew'),
  overview('unfinished', 'unfinished'),
  overview('paused', 'allPaused'),
  overview('stopping', 'stopping'),
  overview('stopped', 'stopped', { looks: 'all' }),
  overview('failed', 'failed', { looks: 'all' }),
  overview('alerts', 'alerts', { looks: 'all', isNarrow: true }),
  overview('looking', 'none'),
  overview('lost', 'calm', { looks: 'all', prepare: connect('lost') }),
  overview('refused', 'none', { prepare: connect('refused') }),
  overview('offline', 'calm', { prepare: (page) => page.context().setOffline(true) }),
  overview('not-found', 'fifty', {
    prepare: (page) => page.getByRole('searchbox', { name: 'Filter accounts' }).fill('nobody'),
  }),
  overview('troubles', 'busy', {
    height: 'whole',
    isNarrow: true,
    prepare: async (page) => {
      await inCard('margot.delacroix', '3 waiting')(page)
      await page.getByRole('table').waitFor()
    },
  }),
  overview('sign-in', 'busy', {
    prepare: async (page) => {
      await inCard('facturation', 'Sign in again')(page)
      await page.getByText('Finish the sign-in').waitFor()
    },
  }),
  overview('refusal', 'busy', {
    prepare: async (page) => {
      await page.evaluate(
        (problem) => window.gallery.backend.refuse('syncNow', problem),
        toProblem(
          new AppError('disk', 'The disk is full: 0.2 GB free, 2 GB needed', {
            remedy: 'Free some space, then start again',
          }),
        ),
      )
      await press('Sync now')(page)
      await page.getByText('The disk is full').waitFor()
    },
  }),
  overview('menu', 'busy', {
    looks: 'all',
    isTransient: true,
    prepare: async (page) => {
      await inCard('jonas', 'More for jonas')(page)
      await page.getByRole('menuitem').first().waitFor()
    },
  }),
  overview('remove', 'calm', {
    looks: 'all',
    isNarrow: true,
    prepare: async (page) => {
      await inCard(ANNA, `More for ${ANNA}`)(page)
      await page.getByRole('menuitem', { name: 'Remove account' }).click()
      await page.getByRole('radio', { name: 'Delete the stored mail' }).check()
    },
  }),
  overview('token', 'none', {
    prepare: async (page) => {
      await connect('refused')(page)
      await press('Enter token')(page)
    },
  }),
  overview('mirrored', 'busy', {
    isNarrow: true,
    prepare: (page) =>
      page.evaluate(() => {
        document.documentElement.dir = 'rtl'
      }),
  }),
]

const metrics = (name: string, query: string, more: Partial<View> = {}): View => ({
  name: `metrics-${name}`,
  address: `?scene=calm#/metrics${query}`,
  shows: '.charts > :nth-child(5), .table-card',
  looks: 'two',
  ...more,
})

const charts: readonly View[] = [
  metrics('month', '?span=month', { looks: 'all', isNarrow: true }),
  metrics('month-whole', '?span=month', { height: 'whole', isNarrow: true }),
  metrics('hour', '?span=hour'),
  metrics('day', '', { height: 'whole' }),
  metrics('week', '?span=week', { height: 'whole' }),
  metrics('table', '?span=week&view=table', { looks: 'all', isNarrow: true }),
  metrics('reading', '?span=month', {
    prepare: async (page) => {
      const plot = page.getByRole('slider').first()
      await plot.focus()
      for (const key of ['End', 'PageDown', 'PageDown']) await plot.press(key)
    },
  }),
  metrics('none', '', {
    address: '?scene=calm#/overview',
    shows: 'h1',
    height: 'whole',
    prepare: async (page) => {
      await page.evaluate(() => {
        window.gallery.backend.answer('metricsSeries', { span: 'day', step_seconds: 900, points: [] })
        window.location.hash = '#/metrics'
      })
      await page.locator('.chart-empty').first().waitFor()
    },
  }),
]

const logs = (name: string, query: string, more: Partial<View> = {}): View => ({
  name: `logs-${name}`,
  address: `?scene=busy#/logs${query}`,
  shows: '.log li',
  looks: 'two',
  ...more,
})

const lines: readonly View[] = [
  logs('live', '', { looks: 'all', isNarrow: true }),
  logs('errors', '?level=error', { looks: 'all' }),
  logs('found', '?text=jonas&level=debug'),
  logs('none', '?text=zebra', { shows: '.empty' }),
  logs('lost', '', { prepare: connect('lost') }),
  logs('paused', '', {
    looks: 'all',
    prepare: async (page) => {
      await press('Pause')(page)
      await page.evaluate(() =>
        window.gallery.backend.log(
          ['One', 'Two'].map((message) => ({
            at: new Date().toISOString(),
            level: 'info',
            name: 'sync.engine',
            message,
          })),
        ),
      )
      await page.getByText('2 new lines').waitFor()
    },
  }),
]

const welcome = (name: string, part: string, more: Partial<View> = {}): View => ({
  name: `welcome-${name}`,
  address: `?scene=empty#/welcome/${part}`,
  shows: '.guide, .panel',
  looks: 'two',
  height: 1_000,
  ...more,
})

/** As it is before anything is set up. */
export const withoutClient = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    window.gallery.backend.answer('clientsList', { clients: [] })
    window.location.hash = '#/overview'
  })
  await page.getByRole('heading', { level: 1, name: 'No account yet' }).waitFor()
  await page.evaluate(() => {
    window.location.hash = '#/welcome'
  })
  await page.locator('.guide').waitFor()
}

const welcomes: readonly View[] = [
  welcome('first', '', { looks: 'all', height: 0, isNarrow: true, prepare: withoutClient }),
  welcome('project', 'project', { height: 'whole' }),
  ...['api', 'app', 'scope', 'publish', 'client', 'add-client'].map((step) => welcome(step, step)),
  welcome('sign-in', 'sign-in', { looks: 'all', isNarrow: true }),
  welcome('signing-in', 'sign-in', {
    prepare: async (page) => {
      await press('Sign in with Google')(page)
      await page.getByText('Finish the sign-in').waitFor()
    },
  }),
  welcome('refused', 'sign-in', {
    looks: 'all',
    prepare: async (page) => {
      await page.evaluate(
        (problem) => window.gallery.backend.refuse('signInBegin', problem),
        toProblem(new AppError('needs_reauth', 'Google says that access was denied', { guide: 'access_denied' })),
      )
      await press('Sign in with Google')(page)
      await page.getByText('Someone clicked').first().waitFor()
    },
  }),
  welcome('wrong-file', 'add-client', {
    prepare: async (page) => {
      const pdf = { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') }
      await page.locator('input[type=file]').first().setInputFiles(pdf)
      await page.getByText('no JSON file').first().waitFor()
    },
  }),
  welcome('paste', 'add-client', { prepare: press('Paste instead') }),
  welcome('error', 'invalid_scope', {
    height: 'whole',
    isNarrow: true,
    prepare: (page) => page.getByRole('textbox', { name: 'What Google’s page says' }).fill('Error 403: org_internal'),
  }),
  ...['internal', 'service-account', 'delegate', 'import-key'].map((step) => welcome(step, step)),
  welcome('token', 'token', { looks: 'all' }),
  welcome('demo', 'demo', { looks: 'all' }),
]

const settings = (name: string, part: string, more: Partial<View> = {}): View => ({
  name: `settings-${name}`,
  address: `?scene=calm#/settings${part}`,
  shows: '#settings-about',
  looks: 'two',
  ...more,
})
const sources = Object.fromEntries(settingNames.map((name) => [wireName(name), 'default' as const]))

const allSettings: readonly View[] = [
  settings('all', '', { looks: 'all', height: 'whole', isNarrow: true }),
  settings('api', '/api', { looks: 'all' }),
  settings('about', '/about'),
  settings('wrong', '', {
    prepare: async (page) => {
      const field = page.getByRole('textbox', { name: 'Start a cycle every' })
      await field.fill('1500')
      await field.press('Enter')
      await page.getByText('is no such value').waitFor()
    },
  }),
  settings('held', '/api', {
    address: '?scene=calm#/overview',
    shows: 'h1',
    prepare: async (page) => {
      await page.evaluate((answer) => window.gallery.backend.answer('settings', answer), {
        settings: toWire({ ...defaultSettings, intervalMinutes: 15, logLevel: 'debug' }),
        sources: { ...sources, api_port: 'environment' as const, interval_minutes: 'file' as const },
      })
      await page.evaluate(() => {
        window.location.hash = '#/settings/api'
      })
      await page.locator('#settings-about').waitFor()
    },
  }),
  settings('search', '', {
    prepare: (page) => page.getByRole('searchbox', { name: 'Search settings' }).fill('quota'),
  }),
  settings('renew', '/api', {
    prepare: async (page) => {
      await press('Renew')(page)
      await page.getByRole('dialog').waitFor()
    },
  }),
]

/** Every page in every state that is looked at, and last the gallery with every component in every state. */
export const views: readonly View[] = [
  ...overviews,
  ...charts,
  ...lines,
  ...welcomes,
  ...allSettings,
  { name: 'gallery', address: '', shows: '#g-icons', looks: 'two', height: 'whole', isNarrow: true },
]
