import http from 'node:http'

export interface Visit {
  /** Where it ended. */
  readonly url: string
  readonly status: number
  readonly text: string
}

/** What a browser sends with a page that it moves to, from another site: https://www.w3.org/TR/fetch-metadata/ */
const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** Goes to an address as a browser does, through every redirect. `fetch` would say that it is a script. */
export async function visit(url: string | URL): Promise<Visit> {
  let next = new URL(url)
  for (let hop = 0; hop < 5; hop++) {
    const { status, location, text } = await get(next)
    if (location === undefined) return { url: next.href, status, text }
    next = new URL(location, next)
  }
  throw new Error(`${url} redirects for ever`)
}

/** Where Google would send the browser, without going there. */
export async function consent(url: string | URL): Promise<string> {
  const { location } = await get(new URL(url))
  if (location === undefined) throw new Error(`${url} does not redirect`)
  return location
}

function get(url: URL): Promise<{ status: number; location: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: navigation, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, text })
      })
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}
