/**
 * One build for both hosts: the Electron host, the command line (which holds the headless host) and every child process
 * as `out/main/<name>.js`, the preload as `out/preload/index.cjs`, the page as `out/renderer`.
 */
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const source = (path: string) => resolve(import.meta.dirname, 'src', path)

/** Native, WebAssembly and worker-thread packages find their own files by path and stay in node_modules. */
const NOT_BUNDLED = ['better-sqlite3', 'onnxruntime-node', '@rdkit/rdkit', 'pino', 'pino-roll', 'electron']
const external = [
  ...NOT_BUNDLED.map(name => new RegExp(`^${name}(/|$)`)),
  ...builtinModules.map(name => new RegExp(`^(node:)?${name}$`)),
  /^node:/,
  // Optional accelerators of ws, absent on purpose.
  'bufferutil',
  'utf-8-validate',
]

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      target: 'node24',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        external,
        input: {
          index: source('main/index.ts'),
          cli: source('cli/index.ts'),
          trainer: source('trainer/index.ts'),
          'trainer-worker': source('trainer/worker.ts'),
          'batch-thread': source('trainer/batches/batch-thread.ts'),
          'chem-worker': source('chem-worker/index.ts'),
          'structure-thread': source('chem-worker/structures/structure-thread.ts'),
          predictor: source('predictor/index.ts'),
          inspector: source('predictor/inspector/index.ts'),
          'provider-probe-child': source('node/provider-probe-child.ts'),
          'store-thread': source('core/store/store-thread.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          // Beside the entries, so that `new URL('./trainer.js', import.meta.url)` means the same in every chunk.
          chunkFileNames: 'chunk-[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      sourcemap: false,
      rolldownOptions: {
        external: ['electron'],
        input: { index: source('preload/index.ts') },
        // A sandboxed preload is CommonJS and may require nothing but electron.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: source('renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(import.meta.dirname, 'out/renderer'),
      target: 'chrome140',
      sourcemap: false,
      // A data: URL would be refused for scripts and hides what is loaded; every asset is a file of its own.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: source('renderer/index.html') } },
    },
  },
})
