/** The looks of the simulated sign-in: plain pages without scripts, and with a line that says whose they are not. */
import type { Answer } from './answer.ts'

/** What the person's OAuth client is called in the simulated console. */
export const APP = 'Mailtide'

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;--line:#747775;--soft:#5f6368;--mark:#0b57d0;--on:#fff;--warn:#b3261e;--page:#f0f4f9;--card:#fff}
@media(prefers-color-scheme:dark){:root{--line:#8e918f;--soft:#c4c7c5;--mark:#a8c7fa;--on:#062e6f;--warn:#f2b8b5;--page:#1e1f20;--card:#131314}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);min-height:100vh}
.stage{background:#7a4d00;color:#fff;text-align:center;padding:.35rem 1rem;font-size:.85rem}
main{background:var(--card);max-width:30rem;margin:8vh auto;padding:2rem;border-radius:1.25rem}
h1{font-size:1.6rem;line-height:1.25;font-weight:500;margin:0 0 .75rem;overflow-wrap:anywhere}
p{margin:.6rem 0;overflow-wrap:anywhere}
.small{font-size:.85rem;color:var(--soft)}
.sign{color:var(--warn);font-size:2rem;line-height:1;margin:0 0 .5rem}
form{margin:0}
ul{margin:1rem 0;padding-left:1.25rem}
ul.rows{list-style:none;padding:0}
button{font:inherit;cursor:pointer;border-radius:1.25rem;border:1px solid var(--line);background:none;color:var(--mark);padding:.45rem 1.4rem;overflow-wrap:anywhere}
button.main{background:var(--mark);border-color:var(--mark);color:var(--on)}
button.row{width:100%;border:0;border-bottom:1px solid var(--line);border-radius:0;padding:.8rem .5rem;text-align:left;color:inherit}
button.row:hover{background:var(--page)}
button.row:focus-visible,button:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;justify-content:space-between;margin-top:1.75rem}
label{display:flex;gap:.75rem;align-items:flex-start;padding:.7rem 0;border-bottom:1px solid var(--line)}
input[type=checkbox]{width:1.15rem;height:1.15rem;margin:.2rem 0 0;flex:none;accent-color:var(--mark)}
.who{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.1rem .8rem;font-size:.9rem}
details{margin-top:1.25rem}
summary{cursor:pointer;color:var(--mark)}
@media(max-width:30rem){main{margin:0;border-radius:0;padding:1.5rem 1.25rem}}
`

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** A page of the simulated Google. `body` is HTML. */
export function htmlAnswer(status: number, title: string, body: string): Answer {
  const isError = status >= 400
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – simulated Google</title>
<style>${style}</style>
</head>
<body>
<div class="stage">A simulator on this computer, not Google. Nothing here leaves it.</div>
<main>
${isError ? '<p class="sign" aria-hidden="true">⊘</p>\n' : ''}<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
  return { status, type: 'text/html; charset=utf-8', body: Buffer.from(html) }
}
