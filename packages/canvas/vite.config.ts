import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8080'
const apiPaths = [
  '/audit',
  '/auth',
  '/canvas/snapshot',
  '/events',
  '/health',
  '/org/',
  '/readyz',
  '/registry/',
  '/runtimes',
  '/settings/',
  '/tasks',
  '/templates',
  '/workspaces',
]

export default defineConfig({
  plugins: [react()],
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      ...Object.fromEntries(apiPaths.map((path) => [path, server])),
      '/ws': { target: server, ws: true },
    },
  },
})
