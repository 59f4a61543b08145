/** Every test runs the TypeScript sources: `docket-source` is the condition under which package.json's imports lead there. */
const source = {
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['docket-source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  // Given servers are shared: whoever runs beside another there would route its alerts.
  maxWorkers: process.env.EVENTSTORE_URL || process.env.MONGODB_URL ? 1 : 2,
  testTimeout: 30_000,
  projects: [{ ...source, displayName: 'docket', testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'] }],
};
