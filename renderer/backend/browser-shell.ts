import type { Shell } from './backend.ts'

/** What a browser can do for the window. */
export const browserShell: Shell = {
  openUrl: async (url) => {
    window.open(url, '_blank', 'noopener')
  },
  copyText: async (text) => {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // A browser that was told to allow no page to write to the clipboard.
      return false
    }
  },
  saveText: async (name, text) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
    link.download = name
    link.click()
    // Not before the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    return true
  },
}
