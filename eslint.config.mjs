import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/** Which of our libraries a library may import; an app may import all of them. Everything not named here is refused. */
const mayImport = {
  incidents: [],
  'event-store': [],
  platform: [],
  'folder-lock': [],
  'embedded-eventstore': ['folder-lock'],
  'embedded-mongodb': ['folder-lock'],
  'read-model': ['incidents', 'event-store'],
  audit: ['incidents', 'event-store', 'read-model'],
  'process-managers': ['incidents', 'event-store', 'read-model'],
};

const libraries = readdirSync('libs', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const unruled = libraries.filter(({ name }) => !(name in mayImport)).map(({ name }) => name);
if (unruled.length > 0)
  throw new Error(`eslint.config.mjs: say in mayImport what these may import: ${unruled.join(', ')}`);

const forbid = (library) => {
  const strangers = Object.keys(mayImport).filter((name) => name !== library && !mayImport[library].includes(name));
  return {
    files: [`libs/${library}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^#(${strangers.join('|')}|api|projector)(/|$)`,
              message: `libs/${library} may not know this part (docs/decisions/0002).`,
            },
            {
              regex: '(^|/)\\.\\./(\\.\\./)*(apps|libs)/',
              message: 'Import another part by its name: #incidents, #event-store, …',
            },
            ...(library === 'incidents'
              ? [{ regex: '^(?!\\.|#)', message: 'The domain is pure: it imports nothing.' }]
              : []),
          ],
        },
      ],
    },
  };
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'off', // would turn injected classes into types and erase their metadata
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    // What comes over HTTP is JSON of which the expectations, not the compiler, know the shape.
    files: ['test/**/*.ts'],
    rules: Object.fromEntries(
      [
        'no-explicit-any',
        'no-unsafe-argument',
        'no-unsafe-assignment',
        'no-unsafe-call',
        'no-unsafe-member-access',
        'no-unsafe-return',
      ].map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
  ...Object.keys(mayImport).map(forbid),
);
