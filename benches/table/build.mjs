// node build.mjs OUT: one page per implementation. Needs `npm ci` in this folder's copy.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const [out] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const page = await readFile('page.html', 'utf8');
for (const [name, entry, options] of [
  ['plain', 'plain.js', {}],
  ['react', 'react.jsx', {}],
  ['preact', 'preact.jsx', { jsxImportSource: 'preact' }],
]) {
  await build({
    entryPoints: [entry], outfile: `${out}/${name}.js`, bundle: true, minify: true, format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' }, jsx: 'automatic', logLevel: 'error', ...options,
  });
  await writeFile(`${out}/${name}.html`, page.replaceAll('@NAME@', name));
}
