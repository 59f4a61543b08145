/** Every test runs the TypeScript sources: `docket-source` is the condition under which package.json's imports lead there. */
const source = {
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['docket-source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [{ ...source, displayName: 'docket', testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'] }],
};
