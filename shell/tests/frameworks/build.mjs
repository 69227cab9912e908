// node build.mjs OUT: the pages, with the frameworks as npm has them. Needs `npm ci` in this folder's copy.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { compile } from 'svelte/compiler';

const [out] = process.argv.slice(2);
await mkdir(out, { recursive: true });

const svelte = {
  name: 'svelte',
  setup(builder) {
    builder.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, css: 'injected' });
      return { contents: js.code, loader: 'js' };
    });
  },
};

const bundle = (entry, name, options = {}) => build({
  entryPoints: [`apps/${entry}`], outfile: `${out}/${name}`, bundle: true, minify: true, format: 'iife',
  define: { 'process.env.NODE_ENV': '"production"' }, jsx: 'automatic', conditions: ['browser', 'production'],
  logLevel: 'error', ...options,
});

const page = await readFile('pages/app.html', 'utf8');
const show = (name, ...scripts) => writeFile(`${out}/${name}.html`, page.replace('@NAME@', name)
  .replace('@SCRIPTS@', scripts.map(s => `<script src="${s}"></script>`).join('\n')));
const take = (from, name) => copyFile(`node_modules/${from}`, `${out}/${name}`);

await bundle('react.jsx', 'react-19.js');
await bundle('react.jsx', 'react-18.js', { alias: { react: 'react18', 'react-dom': 'react-dom18' } });
await bundle('preact.jsx', 'preact.js', { jsxImportSource: 'preact' });
await bundle('svelte.js', 'svelte.js', { plugins: [svelte] });
await bundle('solid.js', 'solid.js');
await bundle('lit.js', 'lit.js');
for (const name of ['react-19', 'react-18', 'preact', 'svelte', 'solid', 'lit']) await show(name, `${name}.js`);

await take('mithril/mithril.min.js', 'mithril.min.js');
await take('jquery/dist/jquery.min.js', 'jquery.min.js');
await take('vue/dist/vue.global.prod.js', 'vue.global.prod.js');
await take('alpinejs/dist/cdn.min.js', 'alpine.min.js');
await take('htmx.org/dist/htmx.min.js', 'htmx.min.js');
for (const name of ['mithril', 'jquery']) {
  await copyFile(`apps/${name}.js`, `${out}/${name}.js`);
  await show(name, `${name}.min.js`, `${name}.js`);
}
await copyFile('apps/vue.js', `${out}/vue.js`);
await copyFile('apps/drive.js', `${out}/drive.js`);
for (const name of ['vue', 'alpine', 'htmx']) await copyFile(`pages/${name}.html`, `${out}/${name}.html`);
