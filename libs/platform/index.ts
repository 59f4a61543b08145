export * from './allowed-hosts.js';
export * from './problems.js';
export * from './process-start.js';
export * from './roles.js';
export * from './settings-catalogue.js';
export * from './settings.js';
export * from './token-key.js';
export * from './tokens.js';
