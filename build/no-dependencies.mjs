/**
 * electron-builder's hook of that name: `false` says that node_modules are none of its business, so that it neither lists, rebuilds nor packs
 * them (https://www.electron.build/hooks#beforebuild). It can be no TypeScript, since electron-builder loads it with the Node at hand.
 */
export const beforeBuild = () => false
